//! Files that are no text, known by how they begin, each with what to do about it.

use super::{LoadError, encoding};

/// Kinds of file by their first bytes.
const KINDS: [(&[u8], &str, &str); 20] = [
    (b"PK\x03\x04", "a zip in a zip", UNPACK_ONCE),
    (b"PK\x05\x06", "a zip in a zip", UNPACK_ONCE),
    (b"\x1F\x8B", "compressed with gzip twice", UNPACK_ONCE),
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive", UNPACK),
    (b"Rar!\x1A\x07", "a RAR archive", UNPACK),
    (b"BZh", "compressed with bzip2", UNPACK),
    (b"\xFD7zXZ\0", "compressed with xz", UNPACK),
    (b"\x28\xB5\x2F\xFD", "compressed with Zstandard", UNPACK),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old Excel workbook or Office document", SAVE),
    (b"%PDF-", "a PDF", "copy its table into a spreadsheet and save that as CSV UTF-8"),
    (b"PAR1", "a Parquet file", EXPORT),
    (b"ARROW1", "an Arrow file", EXPORT),
    (b"FEA1", "a Feather file", EXPORT),
    (b"SQLite format 3\0", "an SQLite database", EXPORT),
    (b"\x89HDF\r\n\x1A\n", "an HDF5 file", EXPORT),
    (b"MATLAB 5.0", "a MATLAB file", EXPORT),
    (b"\x93NUMPY", "a NumPy array", "write it with numpy.savetxt and commas"),
    (b"RDX", "an R workspace", "write the table with write.csv"),
    (b"\x89PNG", "a picture", EXPORT),
    (b"\xFF\xD8\xFF", "a picture", EXPORT),
];

const UNPACK_ONCE: &str = "unpack it once";
const UNPACK: &str = "unpack it and hand over the files";
const EXPORT: &str = "export the table as CSV";
const SAVE: &str = "save it as CSV UTF-8";

/// Refuses what is not text, by its first bytes.
pub(super) fn check(name: &str, head: &[u8]) -> Result<(), LoadError> {
    let refuse = |found, remedy| {
        let file = name.to_owned();
        Err(LoadError::WrongKind { file, found, remedy })
    };
    if head.starts_with(b"PK\x03\x04")
        && let Some(found) = first_member(head).and_then(document)
    {
        return refuse(found, SAVE);
    }
    // A header may begin like a magic number: `PAR1,PAR2`, `RDX;item`.
    let is_text = std::str::from_utf8(head).is_ok() && !head.contains(&0);
    let kind = KINDS.iter().find(|(magic, ..)| head.starts_with(magic));
    if let Some(&(magic, found, remedy)) = kind
        && (!is_text || magic == b"%PDF-")
    {
        return refuse(found, remedy);
    }
    if head.get(257..262) == Some(b"ustar") {
        return refuse("a tar archive", UNPACK);
    }
    let start = head.trim_ascii_start();
    let start = start[..start.len().min(15)].to_ascii_lowercase();
    if start.starts_with(b"<!doctype html") || start.starts_with(b"<html") {
        return refuse("a web page", "download the file itself, not the page about it");
    }
    if encoding::is_binary(head) {
        return refuse("not a text file", EXPORT);
    }
    Ok(())
}

/// What a zip is that has a file of this name, unless it is just a zip.
pub(super) fn document(member: &str) -> Option<&'static str> {
    let starts = |name| member.starts_with(name);
    match member {
        _ if starts("xl/workbook.") => Some("an Excel workbook"),
        _ if starts("word/document.") => Some("a Word document"),
        "content.xml" => Some("an OpenDocument file"),
        "[Content_Types].xml" => Some("an Excel workbook or Office document"),
        _ => None,
    }
}

/// Refuses a zip that is a document.
pub(super) fn refuse_document(name: &str, found: &'static str) -> LoadError {
    LoadError::WrongKind { file: name.to_owned(), found, remedy: SAVE }
}

/// Refuses a zip among the files of a folder.
pub(super) fn in_folder(name: &str) -> LoadError {
    let (found, remedy) = ("a zip in a folder", "hand over the zip itself");
    LoadError::WrongKind { file: name.to_owned(), found, remedy }
}

/// The name of the first file in a zip, from its header.
fn first_member(head: &[u8]) -> Option<&str> {
    let &length = head.get(26..)?.first_chunk()?;
    let name = head.get(30..)?.get(..u16::from_le_bytes(length).into())?;
    std::str::from_utf8(name).ok()
}
