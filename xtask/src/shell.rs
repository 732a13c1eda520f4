//! The commands that pages of the documentation show, for the tests that run them.

/// The lines of the blocks of shell in a page.
pub fn lines(page: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut is_shell = false;
    for line in page.lines() {
        let bare = line.trim_start();
        match bare.strip_prefix("```") {
            Some(kind) => {
                is_shell = !is_shell && matches!(kind.trim(), "sh" | "bash" | "console" | "shell")
            }
            None if is_shell => lines.push(line),
            None => {}
        }
    }
    lines
}

/// The commands of a line of shell, each as its words. Quotes keep words together, `#` begins a remark, and a
/// redirection is no word.
pub fn commands(line: &str) -> Vec<Vec<String>> {
    let mut commands = Commands { done: Vec::new(), open: Vec::new(), word: String::new() };
    let mut quote = None;
    let mut is_quoted = false;
    let mut characters = line.trim_start_matches("$ ").chars().peekable();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (Some(_), _) => commands.word.push(character),
            (None, '\'' | '"') => (quote, is_quoted) = (Some(character), true),
            (None, '#') if commands.word.is_empty() => break,
            (None, '|' | ';' | '&') => {
                commands.end_word(std::mem::take(&mut is_quoted));
                commands.end_command();
            }
            (None, '>') => {
                // What it leads to is left out, and the number of what is led.
                commands.word.clear();
                while characters.next_if(|next| matches!(next, '>' | ' ' | '&')).is_some() {}
                while characters.next_if(|next| *next != ' ').is_some() {}
            }
            (None, ' ') => commands.end_word(std::mem::take(&mut is_quoted)),
            (None, _) => commands.word.push(character),
        }
    }
    commands.end_word(is_quoted);
    commands.end_command();
    commands.done
}

struct Commands {
    done: Vec<Vec<String>>,
    open: Vec<String>,
    word: String,
}

impl Commands {
    /// Ends a word; an empty one counts where it was quoted.
    fn end_word(&mut self, is_quoted: bool) {
        if !self.word.is_empty() || is_quoted {
            self.open.push(std::mem::take(&mut self.word));
        }
    }

    fn end_command(&mut self) {
        if !self.open.is_empty() {
            self.done.push(std::mem::take(&mut self.open));
        }
    }
}

/// The arguments of this program in a command, if it is one: behind settings of the environment, too.
pub fn own_arguments(command: &[String]) -> Option<&[String]> {
    let is_setting = |word: &&String| word.contains('=') && !word.starts_with('-');
    let at = command.iter().take_while(is_setting).count();
    match &command[at..] {
        [program, arguments @ ..] if program == "v6ready" => Some(arguments),
        [cargo, run, rest @ ..] if cargo == "cargo" && run == "run" => {
            let at = rest.iter().position(|word| word == "--")?;
            Some(&rest[at + 1..])
        }
        _ => None,
    }
}

/// The arguments of every command of this program in a page, each with its line.
pub fn own_commands(page: &str) -> Vec<(&str, Vec<String>)> {
    let found = lines(page).into_iter().flat_map(|line| {
        let own = commands(line).into_iter();
        own.filter_map(move |command| Some((line, own_arguments(&command)?.to_vec())))
    });
    found.collect()
}

/// The subcommand among arguments: the first word that is neither an option nor the value of a global one.
pub fn subcommand(arguments: &[String]) -> Option<&str> {
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        match word {
            "--db" | "--config" | "--color" | "--log-format" => drop(words.next()),
            _ if word.starts_with('-') => {}
            _ => return Some(word),
        }
    }
    None
}
