//! The files of an input, whether handed over one by one or packed in a zip.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, ErrorKind, ZipArchive, ZipArchiveEntryWayfinder, ZipSliceArchive};

use super::error::excerpt;
use super::records::{Records, Separator};
use super::{LoadError, Source};

/// How much of a file is looked at to recognize its format.
pub(super) const HEAD: u64 = 1 << 16;

/// A zip whose directory has been found.
pub(super) type Archive<'a> = ZipSliceArchive<&'a [u8]>;

/// One file with a way to read it from its beginning, as often as needed.
pub(super) struct File<'a> {
    /// What errors call it: its name, or its path in the archive.
    pub(super) name: String,
    /// The name of what was handed over: the file itself, or the archive it is in.
    pub(super) source: &'a str,
    content: Content<'a>,
}

enum Content<'a> {
    Bytes(&'a [u8]),
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
            name: source.name.clone(),
            source: &source.name,
            content: Content::Bytes(&source.bytes),
        }
    }

    /// The name without the folders before it, in lower case.
    pub(super) fn base(&self) -> String {
        base(&self.name).to_ascii_lowercase()
    }

    /// The content from its beginning, unpacked as it is read. Whoever reads a packed file to its
    /// end learns from an error there if its checksum does not fit.
    pub(super) fn open(&self) -> Result<Box<dyn BufRead + '_>, LoadError> {
        let (archive, entry, method) = match &self.content {
            Content::Bytes(bytes) => return Ok(Box::new(*bytes)),
            Content::Packed { encrypted: true, .. } => {
                let file = self.name.clone();
                return Err(LoadError::Encrypted { file });
            }
            Content::Packed { archive, entry, method, .. } => (archive, entry, *method),
        };
        let entry = archive.get_entry(*entry).map_err(|err| self.damaged(&err))?;
        match method {
            CompressionMethod::STORE => Ok(Box::new(BufReader::with_capacity(
                HEAD as usize,
                entry.verifying_reader(entry.data()),
            ))),
            CompressionMethod::DEFLATE => Ok(Box::new(BufReader::with_capacity(
                HEAD as usize,
                entry.verifying_reader(DeflateDecoder::new(entry.data())),
            ))),
            _ => Err(LoadError::Compression {
                file: self.name.clone(),
                method: method.name().unwrap_or("an unknown method").to_owned(),
            }),
        }
    }

    /// The content as records.
    pub(super) fn records(
        &'a self,
        separator: Separator,
    ) -> Result<Records<'a, Box<dyn BufRead + 'a>>, LoadError> {
        Ok(Records::new(self, self.open()?, separator))
    }

    /// The beginning of the content, up to the last line that is whole.
    pub(super) fn head(&self) -> Result<Vec<u8>, LoadError> {
        let mut head = Vec::new();
        let mut beginning = self.open()?.take(HEAD);
        beginning.read_to_end(&mut head).map_err(|err| self.failed(&err))?;
        if head.len() as u64 == HEAD
            && let Some(end) = head.iter().rposition(|&byte| byte == b'\n')
        {
            head.truncate(end + 1);
        }
        Ok(head)
    }

    /// What a failed read means: memory does not fail, so an archive is damaged.
    pub(super) fn failed(&self, err: &io::Error) -> LoadError {
        match err.get_ref().and_then(|inner| inner.downcast_ref()) {
            Some(inner) => self.damaged(inner),
            None => LoadError::Damaged { file: self.name.clone(), reason: err.to_string() },
        }
    }

    /// The error that is to blame for `err`: in a packed file whose checksum does not fit, a wrong
    /// cell is a consequence of the damage.
    pub(super) fn blame(&self, err: LoadError) -> LoadError {
        if matches!(self.content, Content::Bytes(_)) {
            return err;
        }
        match self.open() {
            Ok(mut reader) => match io::copy(&mut reader, &mut io::sink()) {
                Ok(_) => err,
                Err(damage) => self.failed(&damage),
            },
            Err(damage) => damage,
        }
    }

    fn damaged(&self, err: &rawzip::Error) -> LoadError {
        LoadError::Damaged { file: self.name.clone(), reason: reason(err) }
    }
}

/// Whether this is a zip, an empty or spanned one included.
pub(super) fn is_zip(bytes: &[u8]) -> bool {
    [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"].iter().any(|magic| bytes.starts_with(*magic))
}

/// Finds the directory of a zip.
pub(super) fn archive(source: &Source) -> Result<Archive<'_>, LoadError> {
    ZipArchive::from_slice(source.bytes.as_slice())
        .map_err(|err| LoadError::Damaged { file: source.name.clone(), reason: reason(&err) })
}

/// The files of a zip, without folders and without what macOS adds.
pub(super) fn unpack<'a>(
    source: &'a Source,
    archive: &'a Archive<'a>,
    files: &mut Vec<File<'a>>,
) -> Result<(), LoadError> {
    for entry in archive.entries() {
        let entry = entry.map_err(|err| LoadError::Damaged {
            file: source.name.clone(),
            reason: reason(&err),
        })?;
        let path = entry.file_path();
        let name = String::from_utf8_lossy(path.as_bytes()).into_owned();
        if entry.is_dir() || name.starts_with("__MACOSX/") || base(&name).starts_with('.') {
            continue;
        }
        files.push(File {
            name,
            source: &source.name,
            content: Content::Packed {
                archive,
                entry: entry.wayfinder(),
                method: entry.compression_method(),
                encrypted: entry.flags().is_encrypted(),
            },
        });
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
