//! Reads a parsed TOML tree value by value, so that one mistake hides no other; every value keeps its place.
//!
//! Not serde: serde stops at the first mistake of an entry and words it for programmers. The structs that [`section!`]
//! makes carry schemars' derive, so what is read and what the schema says are one list.

use crate::config::{Problem, Severity, SourceText, nearest};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Which text a value comes from; the nearest wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Origin {
    /// The file itself.
    #[default]
    File,
    /// `defaults.toml` beside `firms.d`.
    Folder,
    /// The embedded defaults.
    BuiltIn,
}

/// Some bytes of one of the texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Place {
    pub(crate) span: Range<usize>,
    pub(crate) origin: Origin,
}

/// A value with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) place: Place,
}

/// A key that may be absent.
pub(crate) type Maybe<T> = Option<At<T>>;

/// Keys of one's own in the file's order, e.g. `[stages.map]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Map<T>(pub(crate) Vec<(At<String>, At<T>)>);

impl<T> Map<T> {
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, (At<String>, At<T>)> {
        self.0.iter()
    }
}

/// What reading needs and collects.
pub(crate) struct Reader<'a> {
    pub(crate) source: &'a SourceText,
    pub(crate) origin: Origin,
    pub(crate) problems: Vec<Problem>,
    /// Every section with its keys: an unknown key may be at home elsewhere.
    pub(crate) sections: &'a [(&'a str, &'a [&'a str])],
}

impl Reader<'_> {
    pub(crate) fn error(&mut self, span: Range<usize>, code: &'static str, message: String, help: String) {
        self.problems.push(Problem::at(self.source, span, Severity::Error, code, message, help));
    }

    fn place(&self, span: Range<usize>) -> Place {
        Place { span, origin: self.origin }
    }

    /// The value's type is not what the key wants.
    pub(crate) fn wrong_type(&mut self, path: &str, wanted: &str, value: &Spanned<DeValue<'_>>) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.error(value.span(), "wrong-type", format!("{path} cannot be {found}"), format!("write {wanted}"));
    }

    /// A key that its section does not have.
    pub(crate) fn unknown_key(&mut self, span: Range<usize>, key: &str, path: &str, keys: &[&str]) {
        let home: Vec<String> = self.sections.iter().filter(|(_, keys)| keys.contains(&key)).map(|(name, _)| place_name(name)).collect();
        let whole = if path.is_empty() { format!("[{key}] is no section") } else { format!("{key:?} is no setting of [{path}]") };
        let near = nearest::nearest(key, keys.iter().copied());
        let help = match (home.as_slice(), near) {
            _ if path.is_empty() && self.origin == Origin::Folder => {
                format!("for all firms there are only: {}; write it in the firm's own file", keys.join(", "))
            }
            ([_, ..], None) => format!("{key:?} is a setting of {}: move it there", home.join(" and of ")),
            (_, Some(near)) => format!("did you mean {near:?}?"),
            _ if path.is_empty() => format!("the sections are: {}", keys.join(", ")),
            _ => format!("[{path}] has: {}", keys.join(", ")),
        };
        self.error(span, "unknown-key", whole, help);
    }
}

fn place_name(section: &str) -> String {
    if section.is_empty() { "the top of the file".to_owned() } else { format!("[{section}]") }
}

/// A value that can be read from TOML. `path` is the key's full name, for messages.
pub(crate) trait FromToml: Sized {
    fn from_toml(value: &Spanned<DeValue<'_>>, path: &str, reader: &mut Reader<'_>) -> Option<Self>;

    /// Whether the value may be a table with this key, so that a dot in front of the key is meant.
    fn takes_key(_key: &str) -> bool {
        false
    }
}

/// A field of a section: a value that may be absent, or a section.
pub(crate) trait Slot: Default {
    fn read(&mut self, value: &Spanned<DeValue<'_>>, path: &str, reader: &mut Reader<'_>);
    /// Takes from `other` what is absent here.
    fn fill(&mut self, other: &Self);
}

impl<T: FromToml + Clone> Slot for Maybe<T> {
    fn read(&mut self, value: &Spanned<DeValue<'_>>, path: &str, reader: &mut Reader<'_>) {
        *self = T::from_toml(value, path, reader).map(|read| At { value: read, place: reader.place(value.span()) });
    }

    fn fill(&mut self, other: &Self) {
        if self.is_none() {
            self.clone_from(other);
        }
    }
}

impl FromToml for String {
    fn from_toml(value: &Spanned<DeValue<'_>>, path: &str, reader: &mut Reader<'_>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            _ => {
                let limit = path.starts_with("limits.");
                reader.wrong_type(path, if limit { "e.g. \"at most 5\" or \"no limit\", in quotes" } else { "a text in quotes" }, value);
                None
            }
        }
    }
}

impl FromToml for bool {
    fn from_toml(value: &Spanned<DeValue<'_>>, path: &str, reader: &mut Reader<'_>) -> Option<bool> {
        let read = value.get_ref().as_bool();
        if read.is_none() {
            reader.wrong_type(path, "true or false, without quotes", value);
        }
        read
    }
}

impl FromToml for u64 {
    fn from_toml(value: &Spanned<DeValue<'_>>, path: &str, reader: &mut Reader<'_>) -> Option<u64> {
        let integer = value.get_ref().as_integer();
        let read = integer.and_then(|number| u64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok());
        if read.is_none() {
            reader.wrong_type(path, "a whole number, without quotes", value);
        }
        read
    }
}

impl<T: FromToml> FromToml for Vec<At<T>> {
    fn from_toml(value: &Spanned<DeValue<'_>>, path: &str, reader: &mut Reader<'_>) -> Option<Vec<At<T>>> {
        let Some(items) = value.get_ref().as_array() else {
            let own = value.get_ref().as_str().unwrap_or("...");
            reader.wrong_type(path, &format!("a list in square brackets, e.g. [{own:?}]"), value);
            return None;
        };
        let read = |item: &Spanned<DeValue<'_>>| {
            let value = T::from_toml(item, &format!("an entry of {path}"), reader)?;
            Some(At { value, place: reader.place(item.span()) })
        };
        Some(items.iter().filter_map(read).collect())
    }
}

impl<T: FromToml> FromToml for Map<T> {
    fn takes_key(_key: &str) -> bool {
        true
    }

    fn from_toml(value: &Spanned<DeValue<'_>>, path: &str, reader: &mut Reader<'_>) -> Option<Map<T>> {
        let Some(table) = value.get_ref().as_table() else {
            reader.wrong_type(path, "a table, e.g. { name = \"value\" }", value);
            return None;
        };
        let mut entries = Vec::with_capacity(table.len());
        for (key, value) in in_order(table) {
            if let Some(entry) = map_entry(key, value, path, reader) {
                entries.push(entry);
            }
        }
        Some(Map(entries))
    }
}

/// One entry of a map, unless it is a setting that slid in or a name that its dots took apart.
fn map_entry<T: FromToml>(
    key: &Spanned<std::borrow::Cow<'_, str>>,
    value: &Spanned<DeValue<'_>>,
    path: &str,
    reader: &mut Reader<'_>,
) -> Option<(At<String>, At<T>)> {
    let name = key.get_ref().to_string();
    let quoted = reader.source.text.get(key.span()).is_some_and(|text| text.starts_with(['"', '\'']));
    let parent = path.split(".for.").next().filter(|short| *short != path).or_else(|| path.rsplit_once('.').map(|(parent, _)| parent));
    let at_home = reader.sections.iter().find(|(section, keys)| Some(*section) == parent && keys.contains(&name.as_str()));
    if let (Some((section, _)), false) = (at_home, quoted) {
        let message = format!("'{name}' is a setting of [{section}], but it stands below [{path}], where names belong");
        let help = format!("'{name}' is a setting of [{section}]: move it above [{path}]; if it is a name, put it in quotes");
        reader.error(key.span(), "slid-into-map", message, help);
        return None;
    }
    if let Some(whole) = dotted::<T>(key, value, reader) {
        let message = format!("the dot in {whole} makes a table of its own: it is not read as one name");
        reader.error(key.span(), "dotted-name", message, format!("put the whole name in quotes: \"{whole}\""));
        return None;
    }
    let read = T::from_toml(value, &format!("{path}.{name:?}"), reader)?;
    let key = At { value: name, place: reader.place(key.span()) };
    Some((key, At { value: read, place: reader.place(value.span()) }))
}

/// `Demand.Sent = "x"`: a bare key behind which a dot follows, whose value is a table; the whole dotted name.
fn dotted<T: FromToml>(key: &Spanned<std::borrow::Cow<'_, str>>, value: &Spanned<DeValue<'_>>, reader: &Reader<'_>) -> Option<String> {
    let mut whole = key.get_ref().to_string();
    let mut end = key.span().end;
    let mut value = value.get_ref();
    while reader.source.text.get(end..).is_some_and(|rest| rest.trim_start_matches([' ', '\t']).starts_with('.')) {
        let (key, inner) = in_order(value.as_table()?).into_iter().next()?;
        if T::takes_key(key.get_ref()) && !inner.get_ref().is_table() {
            return None;
        }
        whole = format!("{whole}.{}", key.get_ref());
        (end, value) = (key.span().end, inner.get_ref());
    }
    whole.contains('.').then_some(whole).filter(|whole| whole.as_str() != key.get_ref().as_ref())
}

/// A table's entries in the file's order.
pub(crate) fn in_order<'t, 'i>(table: &'t DeTable<'i>) -> Vec<(&'t Spanned<std::borrow::Cow<'i, str>>, &'t Spanned<DeValue<'i>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// A section: its keys, how each is read, what its schema is. Fields are `Maybe<T>` or other sections.
macro_rules! section {
    ($(#[$meta:meta])* $name:ident { $( $(#[$field_meta:meta])* $field:ident $(as $key:literal)? : $type:ty ),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default)]
        #[cfg_attr(test, derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
        pub(crate) struct $name {
            /// Where the section stands; absent when it does not.
            #[cfg_attr(test, schemars(skip))]
            pub(crate) place: Option<$crate::config::raw::Place>,
            $( $(#[$field_meta])* $(#[cfg_attr(test, schemars(rename = $key))])? pub(crate) $field: $type, )*
        }

        impl $name {
            /// The section's keys.
            pub(crate) const KEYS: &'static [&'static str] = &[$( $crate::config::raw::key_of!($field $($key)?) ),*];
        }

        impl $crate::config::raw::Slot for $name {
            fn read(&mut self, value: &toml::Spanned<toml::de::DeValue<'_>>, path: &str, reader: &mut $crate::config::raw::Reader<'_>) {
                let Some(table) = value.get_ref().as_table() else {
                    reader.wrong_type(path, &format!("a section: a line [{path}] with its settings below"), value);
                    return;
                };
                self.place = Some($crate::config::raw::Place { span: value.span(), origin: reader.origin });
                for (key, value) in $crate::config::raw::in_order(table) {
                    let name = key.get_ref().as_ref();
                    let whole = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
                    match name {
                        $( $crate::config::raw::key_of!($field $($key)?) => {
                            $crate::config::raw::Slot::read(&mut self.$field, value, &whole, reader);
                        } )*
                        _ => reader.unknown_key(key.span(), name, path, Self::KEYS),
                    }
                }
            }

            fn fill(&mut self, other: &Self) {
                // A section that only the defaults have stands nowhere.
                self.place = self.place.take().or_else(|| other.place.clone().filter(|place| place.origin == $crate::config::raw::Origin::File));
                $( $crate::config::raw::Slot::fill(&mut self.$field, &other.$field); )*
            }
        }

        impl $crate::config::raw::FromToml for $name {
            fn from_toml(value: &toml::Spanned<toml::de::DeValue<'_>>, path: &str, reader: &mut $crate::config::raw::Reader<'_>) -> Option<Self> {
                let mut read = Self::default();
                $crate::config::raw::Slot::read(&mut read, value, path, reader);
                read.place.is_some().then_some(read)
            }
        }
    };
}

/// The key of a field: its name, or what stands behind `as`.
macro_rules! key_of {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $key:literal) => {
        $key
    };
}

/// An enum of words; each variant says its word once.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $( $(#[$variant_meta:meta])* $variant:ident = $word:literal ),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        pub(crate) enum $name {
            $( $(#[$variant_meta])* #[cfg_attr(test, schemars(rename = $word))] $variant, )*
        }

        impl $name {
            /// The words.
            pub(crate) const WORDS: &'static [&'static str] = &[$( $word ),*];
        }

        impl $crate::config::raw::FromToml for $name {
            fn from_toml(value: &toml::Spanned<toml::de::DeValue<'_>>, path: &str, reader: &mut $crate::config::raw::Reader<'_>) -> Option<Self> {
                match value.get_ref().as_str() {
                    $( Some($word) => return Some($name::$variant), )*
                    Some(other) => {
                        let message = format!("{path} cannot be {other:?}");
                        reader.error(value.span(), "unknown-word", message, $crate::config::nearest::did_you_mean(other, Self::WORDS));
                    }
                    None => reader.wrong_type(path, &format!("one of {}", $crate::config::nearest::list(Self::WORDS)), value),
                }
                None
            }
        }
    };
}

pub(crate) use {key_of, section, words};
