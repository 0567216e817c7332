//! The shipped program killed by SIGKILL at moments that a seed draws, and started again each time: in imports, changes, transfers
//! and reloads, and in everything that moves state files. In the end the portal and MyCase are what a program makes that nobody
//! kills, and no state is lost, mixed or without its key.
//!
//! Ordinary runs kill about forty times. `KILLS=1000 cargo test --test it kills:: -- --nocapture --test-threads 5` kills a thousand
//! times and says how long that took; `KILLS_SEED=7` draws other moments. Of the kills at each call (`care_steps.rs`) a long run
//! leaves none out.

mod care;
mod care_steps;
mod moment;
mod reloads;
mod runs;
mod stand;

use moment::Chance;
use std::time::Instant;

/// Of a hundred kills, how many are this scene's.
struct Share(u64);

/// A scene's kills: how many it owes, what draws them, how many there were.
struct Kills {
    scene: &'static str,
    owed: u64,
    done: u64,
    chance: Chance,
    began: Instant,
}

impl Kills {
    fn of(scene: &'static str, Share(percent): Share) -> Kills {
        let owed = number("KILLS").unwrap_or(30) * percent / 100;
        let seed = number("KILLS_SEED").unwrap_or(1);
        let chance = Chance::of(seed, scene);
        Kills { scene, owed: owed.max(1), done: 0, chance, began: Instant::now() }
    }

    fn are_done(&self) -> bool {
        self.done >= self.owed
    }

    fn one_more(&mut self) {
        self.done += 1;
        if self.done.is_multiple_of(50) {
            self.say();
        }
    }

    /// Whether this is the long run.
    fn are_many() -> bool {
        number("KILLS").is_some_and(|kills| kills >= 1000)
    }

    #[expect(clippy::print_stderr, reason = "the figures of the long run")]
    fn say(&self) {
        eprintln!("{}: {} kills in {:.1} s", self.scene, self.done, self.began.elapsed().as_secs_f64());
    }
}

impl Drop for Kills {
    fn drop(&mut self) {
        self.say();
    }
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is a number, not {text:?}")))
}
