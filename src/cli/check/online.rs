//! Looks at the accounts of the firms whose files are checked: through the daemon when one runs, else on each firm's state.
//! Whatever keeps one firm from being looked at is a finding of that firm; the others go on.

use super::found::Judged;
use super::targets::Target;
use crate::cli::command::{Desk, wait};
use crate::cli::exit::{Failure, whole};
use crate::cli::firm::{held, lost, outside, unexpected};
use crate::config::{Firm, MyCaseFinding, Online};
use crate::daemon::{self, Client};
use crate::domain::{FirmId, Ordered};
use crate::http::{Clock, Transport};
use crate::load::PathOptions;
use crate::operations::{self, Answer, Ask, Engine, House};
use crate::sync::{Progress, Step};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// So many firms are looked at side by side.
const AT_ONCE: usize = 4;

/// What came of each firm that was asked for.
pub(super) fn look(judged: &[Judged], target: &Target, desk: &Desk) -> Result<BTreeMap<FirmId, Online>, Failure> {
    let asked: Vec<(FirmId, Option<Arc<Firm>>)> =
        judged.iter().filter(|one| one.asked).map(|one| (one.input.id.clone(), one.tested.checked.firm.clone())).collect();
    wait(async {
        let client = Client::connect(&target.setting.paths.socket).await.map_err(|error| lost(&error))?;
        let doors = match client {
            Some(client) => Doors::Daemon(client),
            None => {
                let house = house(target, desk)?;
                house.knows(judged.iter().map(|one| one.input.id.clone()).ordered());
                Doors::Here(Box::new(house))
            }
        };
        let mut looks = JoinSet::new();
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        // Should a look fail inside the program, this is what is left of it.
        let failed = || Online::only(MyCaseFinding::NotReached("the look at it failed inside the program".to_owned()));
        let mut seen: BTreeMap<FirmId, Online> = asked.iter().map(|(id, _)| (id.clone(), failed())).ordered();
        for (id, firm) in asked {
            let (door, turns) = (doors.to(&id, firm), turns.clone());
            looks.spawn(async move {
                let _turn = turns.acquire_owned().await;
                (id.clone(), door.look(&id).await)
            });
        }
        let mut done = 0;
        while let Some(ended) = looks.join_next().await {
            done += 1;
            seen.extend(ended.ok());
            desk.output.progress(Step::Said(format!("asking MyCase and the portals: {done} of {} firms", seen.len()).into()));
        }
        desk.output.end_progress();
        Ok(seen)
    })
}

/// The ways to firms.
enum Doors {
    Daemon(Client),
    Here(Box<House>),
}

/// The way to one firm.
enum Door {
    Daemon(Client),
    Here(Box<Engine>),
    /// There is none, for this reason.
    Shut(MyCaseFinding),
}

impl Doors {
    /// `firm`: what its file means, when it is good and no version of it was in use yet.
    fn to(&self, id: &FirmId, firm: Option<Arc<Firm>>) -> Door {
        match self {
            Doors::Daemon(client) => Door::Daemon(client.clone()),
            Doors::Here(house) => match engine(house, id, firm) {
                Ok(engine) => Door::Here(Box::new(engine)),
                Err(finding) => Door::Shut(finding),
            },
        }
    }
}

/// An engine on the version of the file that is in use, as the daemon's is: what is only being checked must not come near the
/// connection. A client id with a slip in it would end that at the next refresh.
fn engine(house: &House, id: &FirmId, firm: Option<Arc<Firm>>) -> Result<Engine, MyCaseFinding> {
    let not_reached = |why: String| MyCaseFinding::NotReached(why);
    if !house.has_state(id) {
        return Err(MyCaseFinding::NotConnected);
    }
    let hands = house.open_firm(id).map_err(|error| not_reached(held(&error, id).text))?;
    let good = house.last_good(&hands, house.clock.now()).map_err(|error| not_reached(error.to_string()))?;
    let firm = good.or(firm).ok_or_else(|| not_reached("its file has errors, and no version of it was good yet".to_owned()))?;
    house.engine(&hands, firm).map_err(|error| not_reached(error.to_string()))
}

impl Door {
    async fn look(self, id: &FirmId) -> Online {
        let answer = match self {
            Door::Shut(finding) => return Online::only(finding),
            Door::Daemon(client) => client.ask(id, &Ask::Online).await.map_err(|error| error.to_string()),
            Door::Here(engine) => {
                let answer = operations::answer(&engine, Ask::Online, &daemon::this_user(), &Progress::silent()).await;
                answer.map_err(|error| error.to_string())
            }
        };
        match answer {
            Ok(Answer::Online(online)) => *online,
            Ok(_) => Online::only(MyCaseFinding::NotReached(unexpected().text)),
            Err(why) => Online::only(MyCaseFinding::NotReached(why)),
        }
    }
}

fn house(target: &Target, desk: &Desk) -> Result<House, Failure> {
    let paths = &target.setting.paths;
    let options = PathOptions { config_dir: Some(paths.config_dir.clone()), state_dir: Some(paths.state.clone()), socket: None };
    let transport = Transport::network().map_err(|error| Failure::failed(whole(&error)))?;
    let environment = target.setting.environment.clone();
    House::open(&options, environment, Clock::System, transport, watch::channel(false).1).map_err(|error| outside(error, &desk.output))
}
