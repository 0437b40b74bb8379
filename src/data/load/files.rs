//! The files of an input, whether handed over one by one or packed in a zip or with gzip.

use std::io::{self, BufRead, BufReader, ErrorKind as Io, Read};
use std::rc::Rc;

use flate2::bufread::{DeflateDecoder, MultiGzDecoder};
use rawzip::{
    CompressionMethod, ErrorKind, MAX_CENTRAL_DIRECTORY_RECORD_SIZE, RECOMMENDED_BUFFER_SIZE,
    ZipArchive, ZipArchiveEntryWayfinder, ZipEntry, ZipLocator,
};

use super::encoding::{LOOK, Text};
use super::error::{excerpt, plain};
use super::json::Nested;
use super::records::{Records, Shape};
use super::source::{Anywhere, is_unread};
use super::{LoadError, Source, json, kinds, values};
use crate::sort;

/// How much of a file is looked at to recognize its format.
pub(super) const HEAD: u64 = 1 << 16;

/// How what is packed with gzip begins.
const GZIP: &[u8] = b"\x1F\x8B";

/// How much of a file with very long lines is looked at.
const LONG_HEAD: usize = 1 << 20;

/// A zip whose directory has been found, and its length.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Anywhere<'a>>,
    length: u64,
}

impl<'a> Archive<'a> {
    /// A file in the zip, all of which is there.
    fn entry(
        &self,
        entry: ZipArchiveEntryWayfinder,
    ) -> Result<ZipEntry<'_, Anywhere<'a>>, rawzip::Error> {
        let entry = self.zip.get_entry(entry)?;
        if entry.compressed_data_range().1 > self.length {
            return Err(ErrorKind::Eof.into());
        }
        Ok(entry)
    }
}

/// The lines of a table, and what is left out where they are made from JSON.
type Lines<'a> = (Box<dyn BufRead + 'a>, Option<Rc<Nested>>);

/// One file with a way to read it from its beginning, as often as needed.
pub(super) struct File<'a> {
    /// What errors call it: its name, or its path in the archive, safe to show.
    pub(super) name: String,
    /// The name of what was handed over: the file itself, or the archive it is in.
    pub(super) source: &'a str,
    content: Content<'a>,
    /// Whether it is one of a folder's files, among which a zip is none of them.
    in_folder: bool,
}

enum Content<'a> {
    Plain(&'a Source),
    Packed {
        archive: &'a Archive<'a>,
        entry: ZipArchiveEntryWayfinder,
        method: CompressionMethod,
        encrypted: bool,
    },
}

impl<'a> File<'a> {
    /// A file that was handed over as it is.
    pub(super) fn plain(source: &'a Source) -> Self {
        Self {
            name: plain(&source.name),
            source: &source.name,
            content: Content::Plain(source),
            in_folder: false,
        }
    }

    /// A file of a folder.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn of_folder(source: &'a Source) -> Self {
        Self { in_folder: true, ..Self::plain(source) }
    }

    /// The name without the folders before it, in lower case, as it is called unpacked.
    pub(super) fn base(&self) -> String {
        let base = base(&self.name).to_ascii_lowercase();
        base.strip_suffix(".gz").map(str::to_owned).unwrap_or(base)
    }

    /// The content from its beginning, unpacked as it is read, as a table in UTF-8. Whoever reads a
    /// packed file to its end learns from an error there if its checksum does not fit.
    pub(super) fn open(&self) -> Result<Box<dyn BufRead + '_>, LoadError> {
        Ok(self.table()?.0)
    }

    /// The same, and, where it was made from JSON, what is left out of that.
    fn table(&self) -> Result<Lines<'_>, LoadError> {
        let mut text = self.text()?;
        let head = text.fill_buf().map_err(|err| self.failed(&err))?;
        if !json::is_json(head) {
            return Ok((Box::new(text), None));
        }
        let rows = json::Rows::new(text).map_err(|err| self.failed(&err))?;
        let nested = rows.nested();
        Ok((Box::new(rows), Some(nested)))
    }

    fn text(&self) -> Result<Text<Box<dyn BufRead + '_>>, LoadError> {
        let mut packed = self.unpacked()?;
        let mut head = self.look(&mut packed)?;
        if head.starts_with(GZIP) {
            let whole = io::Cursor::new(head).chain(packed);
            packed = Box::new(BufReader::with_capacity(HEAD as usize, MultiGzDecoder::new(whole)));
            head = self.look(&mut packed)?;
        }
        if self.in_folder && is_zip(&head) {
            return Err(kinds::in_folder(&self.name));
        }
        kinds::check(&self.name, &head)?;
        Ok(Text::new(head, packed))
    }

    fn look(&self, reader: &mut impl BufRead) -> Result<Vec<u8>, LoadError> {
        let mut head = Vec::with_capacity(LOOK);
        let looked = reader.take(LOOK as u64).read_to_end(&mut head);
        looked.map_err(|err| self.failed(&err))?;
        Ok(head)
    }

    /// The content as it is outside of a zip.
    fn unpacked(&self) -> Result<Box<dyn BufRead + '_>, LoadError> {
        let (archive, entry, method) = match &self.content {
            Content::Plain(source) => return source.open().map_err(|err| self.failed(&err)),
            Content::Packed { encrypted: true, .. } => {
                let file = self.name.clone();
                return Err(LoadError::Encrypted { file });
            }
            Content::Packed { archive, entry, method, .. } => (archive, entry, *method),
        };
        // One byte more than it claims is enough to know that the claim is wrong.
        let most = entry.uncompressed_size_hint().saturating_add(1);
        let entry = archive.entry(*entry).map_err(|err| self.damaged(&err))?;
        let packed = entry.reader();
        match method {
            CompressionMethod::STORE => Ok(Box::new(BufReader::with_capacity(
                HEAD as usize,
                entry.verifying_reader(packed.take(most)),
            ))),
            CompressionMethod::DEFLATE => {
                let packed = BufReader::with_capacity(HEAD as usize, packed);
                let inflated = DeflateDecoder::new(packed).take(most);
                let checked = entry.verifying_reader(inflated);
                Ok(Box::new(BufReader::with_capacity(HEAD as usize, checked)))
            }
            _ => Err(LoadError::Compression {
                file: self.name.clone(),
                method: method.name().unwrap_or("an unknown method").to_owned(),
            }),
        }
    }

    /// The content as records.
    pub(super) fn records(
        &'a self,
        shape: Shape,
    ) -> Result<Records<'a, Box<dyn BufRead + 'a>>, LoadError> {
        let (table, nested) = self.table()?;
        let records = Records::new(self, table, shape);
        Ok(match nested {
            Some(nested) => records.of_json(nested),
            None => records,
        })
    }

    /// The beginning of the content, up to the last line that is whole.
    pub(super) fn head(&self) -> Result<Vec<u8>, LoadError> {
        let mut head = Vec::new();
        let mut beginning = self.open()?;
        // The lines of a table with a column for each item may be long.
        while head.len() < LONG_HEAD && values::lines(&head) < 8 {
            let before = head.len();
            let read = beginning.by_ref().take(HEAD).read_to_end(&mut head);
            read.map_err(|err| self.failed(&err))?;
            if ((head.len() - before) as u64) < HEAD {
                return Ok(head);
            }
        }
        if let Some(end) = head.iter().rposition(|&byte| matches!(byte, b'\n' | b'\r')) {
            head.truncate(end + 1);
        }
        Ok(head)
    }

    /// What a failed read means: memory does not fail, so what is packed is damaged.
    pub(super) fn failed(&self, err: &io::Error) -> LoadError {
        if is_unread(err) {
            return LoadError::Unreadable { file: self.name.clone(), reason: err.to_string() };
        }
        if let Some(inner) = err.get_ref().and_then(|inner| inner.downcast_ref()) {
            return self.damaged(inner);
        }
        let reason = match err.kind() {
            Io::UnexpectedEof => "it ends too early",
            _ => "it cannot be inflated",
        };
        LoadError::Damaged { file: self.name.clone(), reason: reason.to_owned() }
    }

    /// The error that is to blame for `err`: in a packed file whose checksum does not fit, a wrong
    /// cell is a consequence of the damage.
    pub(super) fn blame(&self, err: LoadError) -> LoadError {
        match self.content {
            Content::Plain(source) if !is_gzip(source) => err,
            _ => self.check().err().unwrap_or(err),
        }
    }

    /// Reads to the end for the checksum there.
    fn check(&self) -> Result<(), LoadError> {
        io::copy(&mut self.open()?, &mut io::sink()).map_err(|err| self.failed(&err))?;
        Ok(())
    }

    fn damaged(&self, err: &rawzip::Error) -> LoadError {
        if let ErrorKind::IO(err) = err.kind() {
            return self.failed(err);
        }
        LoadError::Damaged { file: self.name.clone(), reason: reason(err) }
    }
}

/// Whether this is a zip, an empty or spanned one included.
pub(super) fn is_zip(bytes: &[u8]) -> bool {
    [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"].iter().any(|magic| bytes.starts_with(*magic))
}

/// Whether a source begins like what is packed with gzip.
fn is_gzip(source: &Source) -> bool {
    source.beginning(GZIP.len() as u64).is_ok_and(|head| head == GZIP)
}

/// Finds the directory of a zip.
pub(super) fn archive(source: &Source) -> Result<Archive<'_>, LoadError> {
    let file = File::plain(source);
    let length = source.length().map_err(|err| file.failed(&err))?;
    let anywhere = source.anywhere().map_err(|err| file.failed(&err))?;
    let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
    let found = ZipLocator::new().locate_in_reader(anywhere, &mut buffer, length);
    let zip = found.map_err(|(_, err)| file.damaged(&err))?;
    Ok(Archive { zip, length })
}

/// The files of a zip, without folders and without what macOS adds.
///
/// A zip whose directory does not fit its files is refused: one that lists a file twice or under another
/// name, or fewer files than it says. So no more can be unpacked than the bytes can hold, and no
/// file is lost by damage.
pub(super) fn unpack<'a>(
    source: &'a Source,
    archive: &'a Archive<'a>,
    files: &mut Vec<File<'a>>,
) -> Result<(), LoadError> {
    let name = plain(&source.name);
    let damaged =
        |reason: &str| LoadError::Damaged { file: name.clone(), reason: reason.to_owned() };
    let mut ranges = Vec::new();
    let mut listed = 0_u64;
    let mut buffer = vec![0; MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
    let mut header = vec![0; MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
    let mut entries = archive.zip.entries(&mut buffer);
    while let Some(entry) = entries.next_entry().map_err(|err| File::plain(source).damaged(&err))? {
        listed += 1;
        let path = entry.file_path();
        if let Ok(file) = archive.entry(entry.wayfinder())
            && let Ok(header) = file.local_header(&mut header)
        {
            if header.file_path().as_bytes() != path.as_bytes() {
                return Err(damaged("its directory names a file otherwise"));
            }
            ranges.push((entry.local_header_offset(), file.compressed_data_range().1));
        }
        let path = plain(&String::from_utf8_lossy(path.as_bytes()));
        if let Some(found) = kinds::document(&path) {
            return Err(kinds::refuse_document(&name, found));
        }
        if entry.is_dir() || path.starts_with("__MACOSX/") || base(&path).starts_with('.') {
            continue;
        }
        files.push(File {
            name: path,
            source: &source.name,
            content: Content::Packed {
                archive,
                entry: entry.wayfinder(),
                method: entry.compression_method(),
                encrypted: entry.flags().is_encrypted(),
            },
            in_folder: false,
        });
    }
    // Where there are more than 65,535 files, the number is given without its upper digits.
    if (listed ^ archive.zip.entries_hint()) & 0xFFFF != 0 {
        return Err(damaged("its directory lists another number of files than it says"));
    }
    sort::by(&mut ranges, &|a, b| a.cmp(b));
    if ranges.windows(2).any(|pair| pair[0].1 > pair[1].0) {
        return Err(damaged("its files overlap"));
    }
    Ok(())
}

/// The last part of a path, whichever way its slashes lean.
pub(super) fn base(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn reason(err: &rawzip::Error) -> String {
    match err.kind() {
        ErrorKind::MissingEndOfCentralDirectory | ErrorKind::InvalidEndOfCentralDirectory => {
            "its directory is missing".to_owned()
        }
        ErrorKind::InvalidChecksum { .. } => "its checksum does not fit".to_owned(),
        ErrorKind::InvalidSize { expected, actual } => {
            format!("expected {expected} bytes, found {actual}")
        }
        ErrorKind::Eof => "it ends too early".to_owned(),
        _ => excerpt(err.to_string().as_bytes()),
    }
}
