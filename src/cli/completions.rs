//! `casebridge completions SHELL` and `casebridge man`: both generated from the words of `args`.

use super::args::{CompletionsArgs, Typed};
use super::command::Desk;
use super::exit::{Exit, Failure};
use clap::CommandFactory;

/// Prints the completions of a shell.
pub(super) fn completions(args: &CompletionsArgs, desk: &Desk) -> Exit {
    // Into memory first: the generator does not take a closed pipe well.
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Typed::command(), "casebridge", &mut text);
    desk.output.answer(&String::from_utf8_lossy(&text));
    Exit::Done
}

/// Prints the manual page: the program, then each command.
pub(super) fn man(desk: &Desk) -> Result<Exit, Failure> {
    let page = render().map_err(|error| Failure::failed(format!("the manual page could not be written: {error}")))?;
    desk.output.answer(&String::from_utf8_lossy(&page));
    Ok(Exit::Done)
}

fn render() -> std::io::Result<Vec<u8>> {
    let mut page = Vec::new();
    let mut command = Typed::command();
    command.build();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for command in command.get_subcommands() {
        let man = clap_mangen::Man::new(command.clone());
        page.extend_from_slice(format!(".SH {}\n", command.get_name().to_uppercase()).as_bytes());
        for part in [
            clap_mangen::Man::render_synopsis_section,
            clap_mangen::Man::render_description_section,
            clap_mangen::Man::render_options_section,
        ] {
            let mut text = Vec::new();
            part(&man, &mut text)?;
            page.extend_from_slice(String::from_utf8_lossy(&text).replace(".SH ", ".SS ").as_bytes());
        }
    }
    Ok(page)
}
