use std::path::PathBuf;

use bytes::{Bytes, BytesMut};

use super::spool::Writer;
use super::{HttpFile, Multipart, Part};
use crate::error::{Error, Result};
use crate::limits::Limits;

/// A form that has been read whole: fields in memory, files in memory or, the larger ones, on disk.
pub(crate) struct Form {
    pub(crate) fields: Vec<(String, Vec<u8>)>,
    pub(crate) files: Vec<HttpFile>,
}

impl Form {
    /// Reads it to its end. Large files go to `folder`.
    pub(crate) async fn read(mut parts: Multipart, limits: &Limits, folder: Option<PathBuf>) -> Result<Self> {
        let mut form = Self {
            fields: Vec::new(),
            files: Vec::new(),
        };
        let mut room = limits.form_memory;
        while let Some(mut part) = parts.next_part().await? {
            // A file field in which nothing was chosen has an empty name, and is a field as any other.
            if part.filename().is_some_and(|name| !name.is_empty()) {
                let folder = folder.clone().unwrap_or_else(std::env::temp_dir);
                form.files.push(file(part, limits.file_memory, folder).await?);
            } else {
                let value = part.bytes(room).await?;
                room -= value.len() as u64;
                form.fields.push((part.name().to_owned(), value.into()));
            }
        }
        Ok(form)
    }
}

async fn file(mut part: Part<'_>, memory: usize, folder: PathBuf) -> Result<HttpFile> {
    let carrier = part.carrier().cloned();
    let mut held = BytesMut::new();
    let mut disk = None;
    while let Some(piece) = part.read_chunk().await? {
        if let Some(writer) = &mut disk {
            Writer::write(writer, &piece).await?;
        } else if held.len() + piece.len() <= memory {
            held.extend_from_slice(&piece);
        } else {
            let carrier = carrier.clone();
            let carrier = carrier.ok_or_else(|| Error::new(500).message("the adapter gave no carrier"))?;
            let mut writer = Writer::temporary(carrier, folder.clone()).await?;
            writer.write(&held).await?;
            writer.write(&piece).await?;
            held = BytesMut::new();
            disk = Some(writer);
        }
    }
    let head = part.into_head();
    Ok(match disk {
        Some(writer) => {
            let (file, len) = writer.finish().await?;
            HttpFile::on_disk(head, file, len, carrier)
        }
        None => HttpFile::in_memory(head, Bytes::from(held), carrier),
    })
}
