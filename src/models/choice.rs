//! Settings that are one of a few words: enums in the code, words outside.

/// What one of a few words sets.
pub trait Choice: Copy + PartialEq + 'static {
    /// All there are.
    const ALL: &'static [Self];
    /// The word of each, in the same order.
    const WORDS: &'static [&'static str];
}

impl Choice for bool {
    const ALL: &'static [Self] = &[false, true];
    const WORDS: &'static [&'static str] = &["no", "yes"];
}

/// An enum with a word for each of its variants.
macro_rules! choices {
    (
        $(#[$about:meta])*
        $visible:vis enum $name:ident {
            $($(#[$about_variant:meta])* $variant:ident = $word:literal,)+
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        $visible enum $name {
            $($(#[$about_variant])* $variant,)+
        }

        impl $crate::models::choice::Choice for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            const WORDS: &'static [&'static str] = &[$($word),+];
        }
    };
}

pub(crate) use choices;
