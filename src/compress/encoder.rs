//! One encoder of any coding: bytes in, bytes out, flushed where the client must see what there is.

use std::io::{self, Write};

use flate2::write::GzEncoder;

use super::{Coding, Levels};

/// Windows of streams, as powers of two: a stream may live long, and this is most of what it holds.
#[cfg(any(feature = "brotli", feature = "zstd"))]
const WINDOW: u32 = 18;

pub(super) enum Encoder {
    #[cfg(feature = "brotli")]
    Brotli(Box<brotli::CompressorWriter<Vec<u8>>>),
    #[cfg(feature = "zstd")]
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
    Gzip(GzEncoder<Vec<u8>>),
}

/// The same for each of the codings.
macro_rules! each {
    ($self:expr, $encoder:ident => $do:expr) => {
        match $self {
            #[cfg(feature = "brotli")]
            Encoder::Brotli($encoder) => $do,
            #[cfg(feature = "zstd")]
            Encoder::Zstd($encoder) => $do,
            Encoder::Gzip($encoder) => $do,
        }
    };
}

impl Encoder {
    /// An encoder for content of this length, where it is known.
    pub(super) fn new(coding: Coding, levels: Levels, len: Option<u64>) -> io::Result<Self> {
        #[cfg(not(feature = "zstd"))]
        let _ = len;
        Ok(match coding {
            #[cfg(feature = "brotli")]
            Coding::Brotli => {
                const BUFFER: usize = 4096;
                let out = brotli::CompressorWriter::new(Vec::new(), BUFFER, levels.brotli, WINDOW);
                Self::Brotli(Box::new(out))
            }
            #[cfg(feature = "zstd")]
            Coding::Zstd => {
                let mut raw = zstd::stream::raw::Encoder::new(levels.zstd)?;
                raw.set_parameter(zstd::stream::raw::CParameter::WindowLog(WINDOW))?;
                raw.set_pledged_src_size(len)?;
                Self::Zstd(zstd::stream::write::Encoder::with_encoder(Vec::new(), raw))
            }
            Coding::Gzip => Self::Gzip(GzEncoder::new(Vec::new(), flate2::Compression::new(levels.gzip))),
        })
    }

    pub(super) fn write(&mut self, data: &[u8]) -> io::Result<()> {
        each!(self, encoder => encoder.write_all(data))
    }

    /// Puts out all that has come, so that whoever decodes it has it all.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        each!(self, encoder => encoder.flush())
    }

    /// How much there is to be taken.
    pub(super) fn ready(&self) -> usize {
        each!(self, encoder => encoder.get_ref().len())
    }

    /// What there is so far.
    pub(super) fn take(&mut self) -> Vec<u8> {
        each!(self, encoder => std::mem::take(encoder.get_mut()))
    }

    /// The end of the content.
    pub(super) fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            #[cfg(feature = "brotli")]
            Self::Brotli(encoder) => Ok(encoder.into_inner()),
            #[cfg(feature = "zstd")]
            Self::Zstd(encoder) => encoder.finish(),
            Self::Gzip(encoder) => encoder.finish(),
        }
    }
}
