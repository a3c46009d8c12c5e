//! How far back our compressors refer, told by a decoder that does nothing else. It checks the data on the way.

use super::*;

/// The bits of DEFLATE data (RFC 1951 section 3.1.1), lowest first.
struct Bits<'a> {
    data: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> usize {
        (0..count).fold(0, |number, place| {
            let bit = usize::from(self.data[self.at / 8] >> (self.at % 8) & 1);
            self.at += 1;
            number | bit << place
        })
    }

    fn align(&mut self) {
        self.at = self.at.next_multiple_of(8);
    }
}

/// A prefix code: how many codes there are of each length, and what they stand for in order (section 3.2.2).
struct Code {
    counts: [usize; 16],
    symbols: Vec<usize>,
}

impl Code {
    fn new(lengths: &[usize]) -> Self {
        let mut counts = [0; 16];
        let mut symbols = Vec::new();
        for (length, count) in counts.iter_mut().enumerate().skip(1) {
            let before = symbols.len();
            symbols.extend((0..lengths.len()).filter(|&symbol| lengths[symbol] == length));
            *count = symbols.len() - before;
        }
        Self { counts, symbols }
    }

    fn read(&self, bits: &mut Bits<'_>) -> usize {
        let (mut code, mut first, mut index) = (0, 0, 0);
        for count in self.counts.iter().skip(1) {
            code |= bits.take(1);
            if code < first + count {
                return self.symbols[index + code - first];
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        panic!("no such code");
    }
}

/// Decodes `data` to its end behind `window`; the text with the window before it, and the largest distance.
fn decode(data: &[u8], mut text: Vec<u8>) -> (Vec<u8>, usize) {
    let mut bits = Bits { data, at: 0 };
    let mut farthest = 0;
    while bits.at + 3 <= data.len() * 8 {
        bits.take(1);
        let (literals, distances) = match bits.take(2) {
            0 => {
                bits.align();
                let len = bits.take(16);
                assert_eq!(bits.take(16), !len & 0xffff);
                text.extend((0..len).map(|_| bits.take(8) as u8));
                continue;
            }
            1 => {
                let lengths: Vec<_> = [(8, 144), (9, 112), (7, 24), (8, 8)]
                    .into_iter()
                    .flat_map(|(length, count)| std::iter::repeat_n(length, count))
                    .collect();
                (Code::new(&lengths), Code::new(&[5; 30]))
            }
            2 => dynamic(&mut bits),
            _ => panic!("no such block"),
        };
        loop {
            match literals.read(&mut bits) {
                256 => break,
                literal @ 0..256 => text.push(literal as u8),
                symbol => {
                    let len = length(symbol - 257, &mut bits);
                    let distance = distance(distances.read(&mut bits), &mut bits);
                    farthest = farthest.max(distance);
                    for _ in 0..len {
                        text.push(text[text.len() - distance]);
                    }
                }
            }
        }
    }
    (text, farthest)
}

fn dynamic(bits: &mut Bits<'_>) -> (Code, Code) {
    let (literals, distances, codes) = (bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4);
    let mut lengths = [0; 19];
    for place in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        .into_iter()
        .take(codes)
    {
        lengths[place] = bits.take(3);
    }
    let code = Code::new(&lengths);
    let mut lengths = Vec::new();
    while lengths.len() < literals + distances {
        let (length, times) = match code.read(bits) {
            16 => (*lengths.last().expect("something to repeat"), 3 + bits.take(2)),
            17 => (0, 3 + bits.take(3)),
            18 => (0, 11 + bits.take(7)),
            length => (length, 1),
        };
        lengths.extend(std::iter::repeat_n(length, times));
    }
    (Code::new(&lengths[..literals]), Code::new(&lengths[literals..]))
}

fn length(symbol: usize, bits: &mut Bits<'_>) -> usize {
    match symbol {
        0..8 => symbol + 3,
        28 => 258,
        _ => {
            let extra = symbol / 4 - 1;
            3 + ((4 + symbol % 4) << extra) + bits.take(extra)
        }
    }
}

fn distance(symbol: usize, bits: &mut Bits<'_>) -> usize {
    match symbol {
        0..2 => symbol + 1,
        _ => {
            let extra = symbol / 2 - 1;
            1 + ((2 + symbol % 2) << extra) + bits.take(extra)
        }
    }
}

#[test]
fn no_message_refers_back_beyond_its_window() {
    for level in [1, 2, 4, 6, 9] {
        for client_max_window_bits in 8..=15 {
            let settings = Compression {
                level,
                client_max_window_bits,
                ..generous()
            };
            let mut writer = deflater(&settings);
            let mut window = Vec::new();
            let mut farthest = 0;
            for len in [100, 36_000, 300, 3000] {
                let mut payload = Vec::new();
                assert!(writer.compress(&text(len), &mut payload));
                payload.extend_from_slice(&[0, 0, 0xff, 0xff]);
                let before = window.len();
                let (read, distance) = decode(&payload, window);
                assert_eq!(read[before..], text(len));
                window = read;
                farthest = farthest.max(distance);
            }
            let most = 1 << client_max_window_bits;
            assert!(farthest <= most, "level {level}, {most}: {farthest}");
            // The check sees something: most of the window is made use of.
            assert!(farthest > most / 3, "level {level}, {most}: {farthest}");
        }
    }
}
