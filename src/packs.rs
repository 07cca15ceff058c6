//! Records packed by the 1,024 beside the register, so that a replay of all of it need not read their entries. A pack is of one complete
//! subtree of the log's tree, and its checksum is over its bytes and the hash of that subtree: a pack of another log, of an earlier or a
//! rewritten one, a cut or damaged one is as if it were not there, and the entries are read instead. What is sealed stays sealed in it.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use events::codec;
use events::compact::{self, Fact};
use events::log::EventLog;
use events::record::Record;
use events::tree::{self, Hash};
use rules::Register;
use rules::gather::Gathered;
use rules::replay::Finding;
use store::{DerivedFile, DerivedRows, PrivateFile, SqliteLog};
use xxhash_rust::xxh3::Xxh3;

use crate::derived::Use;
use crate::error::Error;
use crate::texts::{Behind, Texts};

/// The level of the tree that a pack is under.
const LEVEL: u32 = 10;

/// Records of a pack.
pub const EACH: u64 = 1 << LEVEL;

/// Bytes of a checksum.
const CHECK: usize = 16;

/// A register, and what is packed beside it.
#[derive(Clone, Copy)]
pub struct Packed<'a> {
    /// The register's file.
    pub path: &'a Path,
    /// The derived file.
    pub file: &'a DerivedFile,
    /// Typed texts stay sealed.
    pub sealed: bool,
    /// How many read at once.
    pub threads: u64,
    /// How many packs are made of those that are not there. Making one takes a few thousandths of a second.
    pub made: usize,
}

/// What one thread read.
#[derive(Default)]
struct Part {
    gathered: Gathered,
    made: Vec<(u64, Vec<u8>)>,
}

/// Why a part was not read.
enum Unread {
    /// A pack that this program reads otherwise than the one that made it.
    Pack,
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Unread {
    fn from(error: E) -> Self {
        Unread::Failed(error.into())
    }
}

/// Packs that one reading makes at most: what it takes is hardly noticed, and the next reading makes more.
const AT_ONCE: usize = 32;

impl<'a> Packed<'a> {
    /// A register with what is packed beside it; `None` where it has too few records for that to save time, or is not to be packed.
    pub fn beside(path: &'a Path, file: &'a DerivedFile, sealed: bool, used: Use, size: u64) -> Option<Self> {
        let is_used = match used {
            Use::Never => false,
            Use::Always => true,
            Use::Large => size >= 4 * EACH,
        };
        let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get().min(2)) as u64;
        is_used.then_some(Packed { path, file, sealed, threads, made: AT_ONCE })
    }

    /// The register as its first `size` records have it, and what was odd: the same, to the letter, as from the entries. `progress` is
    /// told now and then how many records were read.
    ///
    /// # Errors
    /// [`Error::Failed`], when the log or its texts cannot be read.
    pub fn register(&self, size: u64, progress: &(dyn Fn(u64) + Sync)) -> Result<(Register, Vec<Finding>), Error> {
        let part = match self.parts(size, true, progress) {
            Err(Unread::Pack) => self.parts(size, false, progress),
            read => read,
        };
        let part = part.map_err(|unread| match unread {
            Unread::Failed(error) => error,
            Unread::Pack => Error::failed("packs were read where none were to be", "remove the file that ends in `.derived.db`"),
        })?;
        if !part.made.is_empty() {
            // Whether it is kept makes no difference but time.
            let _ = self.file.write_packs(&part.made);
        }
        Ok(part.gathered.finish_on(self.readers()))
    }

    fn readers(&self) -> usize {
        usize::try_from(self.threads).unwrap_or(1).max(1)
    }

    fn parts(&self, size: u64, by_packs: bool, progress: &(dyn Fn(u64) + Sync)) -> Result<Part, Unread> {
        let next = AtomicU64::new(0);
        let parts = together((0..self.readers()).map(|_| || self.part(&next, size, by_packs, progress)).collect());
        let mut all = Part::default();
        for part in parts {
            let part = part?;
            all.gathered.join(part.gathered);
            all.made.extend(part.made);
        }
        Ok(all)
    }

    /// The runs of records that come next and that nobody else reads, with connections of its own.
    fn part(&self, next: &AtomicU64, size: u64, by_packs: bool, progress: &(dyn Fn(u64) + Sync)) -> Result<Part, Unread> {
        let log = SqliteLog::open_read_only(self.path)?;
        let private = PrivateFile::beside(self.path);
        let texts = Texts::new(&log, &private).sealed(self.sealed);
        let rows = self.file.read().filter(|_| by_packs);
        let mut part = Part::default();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= size.div_ceil(EACH) {
                break;
            }
            let (first, last) = (number * EACH + 1, (number + 1) * EACH);
            let subtree = if last <= size { Some(log.node(LEVEL, number)?) } else { None };
            let packed =
                subtree.zip(rows.as_ref()).map(|(subtree, rows)| from_pack(rows, number, subtree, &texts, &mut part.gathered));
            if !packed.transpose()?.unwrap_or(false) {
                let wanted = subtree.filter(|_| part.made.len() * self.readers() < self.made);
                part.made.extend(
                    from_entries(&log, (first, last.min(size)), wanted, &texts, &mut part.gathered)?.map(|made| (number, made)),
                );
            }
            progress(EACH);
        }
        for seq in part.gathered.needed_in_full() {
            let Some(entry) = log.entry(seq)?.filter(|_| seq <= size) else { continue };
            if let Ok(record) = codec::decode(&texts.disclosed(&entry)?) {
                part.gathered.take_in_full(record);
            }
        }
        Ok(part)
    }
}

/// Does these at once, the last of them here.
fn together<T: Send>(mut work: Vec<impl FnOnce() -> T + Send>) -> Vec<T> {
    let Some(own) = work.pop() else { return Vec::new() };
    std::thread::scope(|scope| {
        let others: Vec<_> = work.into_iter().map(|other| scope.spawn(other)).collect();
        let own = own();
        let others = others.into_iter().map(|other| other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        others.chain([own]).collect()
    })
}

/// Takes the facts of a pack; `false` where there is none that is of this subtree.
fn from_pack(rows: &DerivedRows, number: u64, subtree: Hash, texts: &Texts, into: &mut Gathered) -> Result<bool, Unread> {
    let mut failed = None;
    let found = rows.pack(number, |body| {
        let (check, packed) = body.split_at_checked(CHECK)?;
        (check == checksum(packed, subtree)).then_some(())?;
        let mut words = |commitment: &str| match texts.behind(commitment).map(Behind::words) {
            Ok(words) => Some(words),
            Err(error) => {
                failed = Some(error);
                None
            }
        };
        Some(compact::unpack(packed, &mut words, &mut |stream: &str, fact: Fact| into.take(stream, fact)))
    });
    match found.flatten() {
        None => Ok(false),
        Some(Ok(())) => Ok(true),
        Some(Err(_)) => Err(failed.map_or(Unread::Pack, Unread::Failed)),
    }
}

/// Takes a run of entries; and makes a pack of it, if one is wanted, under the hash that its entries must lead to.
fn from_entries(
    log: &SqliteLog,
    (first, last): (u64, u64),
    wanted: Option<Hash>,
    texts: &Texts,
    into: &mut Gathered,
) -> Result<Option<Vec<u8>>, Error> {
    let mut failed = None;
    let (mut leaves, mut records) = (Vec::new(), Vec::new());
    log.scan_range(first, last, &mut |seq, entry| {
        if wanted.is_some() {
            leaves.push(tree::leaf(entry));
            records.extend(codec::decode(entry).ok().filter(|record| record.seq == seq && record.origin == log.origin()));
        }
        match texts.disclosed(entry) {
            Ok(entry) => into.take_entry(seq, &entry),
            Err(error) => failed = failed.take().or(Some(error)),
        }
    })?;
    failed.map_or(Ok(()), Err)?;
    Ok(wanted.and_then(|subtree| pack(&leaves, &records, subtree)))
}

fn pack(leaves: &[Hash], records: &[Record], subtree: Hash) -> Option<Vec<u8>> {
    (records.len() as u64 == EACH && subtree_of(leaves.to_vec()) == Some(subtree)).then_some(())?;
    let packed = compact::pack(records)?;
    let mut body = checksum(&packed, subtree).to_vec();
    body.extend(packed);
    Some(body)
}

/// The root over a complete subtree.
pub fn subtree_of(mut leaves: Vec<Hash>) -> Option<Hash> {
    while leaves.len() > 1 {
        leaves = leaves.chunks_exact(2).map(|pair| tree::node(pair[0], pair[1])).collect();
    }
    leaves.pop()
}

fn checksum(packed: &[u8], subtree: Hash) -> [u8; CHECK] {
    let mut state = Xxh3::new();
    state.update(&subtree.0);
    state.update(packed);
    state.digest128().to_be_bytes()
}
