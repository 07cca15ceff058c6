//! The Merkle tree of RFC 6962 over the entries, and its proofs: SHA-256, a leaf hashed with the prefix `0x00`, a node with `0x01`.
//!
//! Nodes of complete subtrees never change, so a store keeps them as they arise: node (`level`, `index`) is the root over leaves
//! `index · 2^level` up to, not including, `(index + 1) · 2^level`. The root at any size is then a fold over at most 64 of them.

use std::convert::Infallible;
use std::fmt;

use sha2::{Digest, Sha256};

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Digest of any bytes, for documents and evidence.
pub fn sha256(bytes: &[u8]) -> Hash {
    Hash(Sha256::digest(bytes).into())
}

/// Hash of one entry (RFC 6962, 2.1).
pub fn leaf(entry: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update([0u8]).chain_update(entry).finalize().into())
}

/// Hash of a node over two others (RFC 6962, 2.1).
pub fn node(left: Hash, right: Hash) -> Hash {
    Hash(Sha256::new().chain_update([1u8]).chain_update(left.0).chain_update(right.0).finalize().into())
}

/// The nodes that a new leaf brings: the leaf itself at level 0, then each parent that it completes.
/// `index` counts from 0. `read` is asked only for nodes that earlier leaves brought.
///
/// # Errors
/// Whatever `read` gives.
pub fn nodes_of_leaf<E>(
    index: u64,
    leaf: Hash,
    mut read: impl FnMut(u32, u64) -> Result<Hash, E>,
) -> Result<Vec<(u32, u64, Hash)>, E> {
    let (mut level, mut place, mut hash) = (0, index, leaf);
    let mut nodes = vec![(level, place, hash)];
    while place % 2 == 1 {
        hash = node(read(level, place - 1)?, hash);
        level += 1;
        place /= 2;
        nodes.push((level, place, hash));
    }
    Ok(nodes)
}

/// The root over the first `size` leaves, from the nodes of complete subtrees. The root of nothing is the hash of nothing.
///
/// # Errors
/// Whatever `read` gives.
pub fn root<E>(size: u64, mut read: impl FnMut(u32, u64) -> Result<Hash, E>) -> Result<Hash, E> {
    // From the smallest complete subtree at the right end to the largest at the left.
    let mut root = None;
    for level in 0..u64::BITS {
        if size >> level & 1 == 1 {
            let left = read(level, (size >> level) - 1)?;
            root = Some(root.map_or(left, |right| node(left, right)));
        }
    }
    Ok(root.unwrap_or_else(|| sha256(b"")))
}

/// The root over `count` leaves from `start` on. `start` is a multiple of a power of two that is not smaller than `count`, as in every
/// split of RFC 6962.
///
/// # Errors
/// Whatever `read` gives.
pub fn root_over<E>(start: u64, count: u64, mut read: impl FnMut(u32, u64) -> Result<Hash, E>) -> Result<Hash, E> {
    root(count, |level, index| read(level, (start >> level) + index))
}

/// The largest power of two that is smaller than `count`, where a tree of so many leaves is split. `count` is at least 2.
fn split(count: u64) -> u64 {
    1 << (u64::BITS - 1 - (count - 1).leading_zeros())
}

/// What stands beside the way from the leaf at `index`, counted from 0, to the root over `size` leaves: of each subtree its first leaf and how
/// many it has, from the leaf's sibling up.
///
/// # Panics
/// If there is no such leaf: `index` must be smaller than `size`.
pub fn siblings(index: u64, size: u64) -> Vec<(u64, u64)> {
    assert!(index < size, "leaf {index} of {size}");
    let (mut start, mut count, mut beside) = (0, size, Vec::new());
    while count > 1 {
        let half = split(count);
        if index - start < half {
            beside.push((start + half, count - half));
            count = half;
        } else {
            beside.push((start, half));
            (start, count) = (start + half, count - half);
        }
    }
    beside.reverse();
    beside
}

/// The inclusion proof of RFC 6962, 2.1.1: the roots over the [`siblings`], which are hashed with the leaf to have the root. `read` gives the
/// nodes of complete subtrees.
///
/// # Errors
/// Whatever `read` gives.
///
/// # Panics
/// As [`siblings`].
pub fn inclusion<E>(index: u64, size: u64, mut read: impl FnMut(u32, u64) -> Result<Hash, E>) -> Result<Vec<Hash>, E> {
    siblings(index, size).into_iter().map(|(start, count)| root_over(start, count, &mut read)).collect()
}

/// The consistency proof of RFC 6962, 2.1.2: that the tree over `old` leaves is the beginning of that over `new`. It is empty where there is
/// nothing to prove: from the empty tree, and from a tree to itself.
///
/// # Errors
/// Whatever `read` gives.
///
/// # Panics
/// If `old` is larger than `new`.
pub fn consistency<E>(old: u64, new: u64, mut read: impl FnMut(u32, u64) -> Result<Hash, E>) -> Result<Vec<Hash>, E> {
    assert!(old <= new, "from {old} to {new} leaves");
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    let (mut start, mut count, mut proof) = (0, new, Vec::new());
    while old - start < count {
        let half = split(count);
        if old - start <= half {
            proof.push(root_over(start + half, count - half, &mut read)?);
            count = half;
        } else {
            proof.push(root_over(start, half, &mut read)?);
            (start, count) = (start + half, count - half);
        }
    }
    // Whoever checks it has the old root; a subtree in its midst is not known to him.
    if start > 0 {
        proof.push(root_over(start, count, &mut read)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Whether an inclusion proof shows that `leaf` is the one at `index` under the root over `size` leaves (RFC 9162, 2.1.3.2).
pub fn is_included(leaf: Hash, index: u64, size: u64, proof: &[Hash], root: Hash) -> bool {
    if size <= index {
        return false;
    }
    // Where the path stands in its level, and where the last node of that level stands.
    let (mut place, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if place % 2 == 1 || place == last {
            hash = node(*sibling, hash);
            while place.is_multiple_of(2) && place != 0 {
                (place, last) = (place / 2, last / 2);
            }
        } else {
            hash = node(hash, *sibling);
        }
        (place, last) = (place / 2, last / 2);
    }
    last == 0 && hash == root
}

/// Whether a consistency proof shows that the tree of `old` leaves is the beginning of that of `new` (RFC 9162, 2.1.4.2).
pub fn is_consistent(old: u64, old_root: Hash, new: u64, new_root: Hash, proof: &[Hash]) -> bool {
    if old == 0 || old == new {
        let empty_holds = old != 0 || old_root == sha256(b"");
        return proof.is_empty() && empty_holds && (old != new || old_root == new_root);
    }
    if new < old {
        return false;
    }
    // A complete old tree is a node of the new one: its root begins the path.
    let begins = if old.is_power_of_two() { Some(old_root) } else { None };
    let mut path = begins.into_iter().chain(proof.iter().copied());
    let Some(first) = path.next() else { return false };
    let shared = (old - 1).trailing_ones();
    let (mut place, mut last) = ((old - 1) >> shared, (new - 1) >> shared);
    let (mut of_old, mut of_new) = (first, first);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if place % 2 == 1 || place == last {
            of_old = node(sibling, of_old);
            of_new = node(sibling, of_new);
            while place.is_multiple_of(2) && place != 0 {
                (place, last) = (place / 2, last / 2);
            }
        } else {
            of_new = node(of_new, sibling);
        }
        (place, last) = (place / 2, last / 2);
    }
    last == 0 && of_old == old_root && of_new == new_root
}

/// The nodes of complete subtrees over leaves that are held in memory.
#[derive(Debug, Clone, Default)]
pub struct Nodes(Vec<Vec<Hash>>);

impl Nodes {
    /// The next leaf, and each parent that it completes.
    pub fn push(&mut self, leaf: Hash) {
        let Ok(nodes) = nodes_of_leaf(self.size(), leaf, |level, index| Ok::<_, Infallible>(self.at(level, index)));
        for (level, _, hash) in nodes {
            let level = level as usize;
            if self.0.len() <= level {
                self.0.push(Vec::new());
            }
            self.0[level].push(hash);
        }
    }

    /// How many leaves.
    pub fn size(&self) -> u64 {
        self.0.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// A node; where it is not complete, the hash of nothing, which is no node of any tree.
    fn at(&self, level: u32, index: u64) -> Hash {
        let node = || self.0.get(level as usize)?.get(usize::try_from(index).ok()?).copied();
        node().unwrap_or_else(|| sha256(b""))
    }

    /// The root over the first `size` leaves.
    pub fn root(&self, size: u64) -> Hash {
        let Ok(root) = root(size, |level, index| Ok::<_, Infallible>(self.at(level, index)));
        root
    }

    /// [`inclusion`] from these nodes.
    pub fn inclusion(&self, index: u64, size: u64) -> Vec<Hash> {
        let Ok(proof) = inclusion(index, size, |level, index| Ok::<_, Infallible>(self.at(level, index)));
        proof
    }

    /// [`consistency`] from these nodes.
    pub fn consistency(&self, old: u64, new: u64) -> Vec<Hash> {
        let Ok(proof) = consistency(old, new, |level, index| Ok::<_, Infallible>(self.at(level, index)));
        proof
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    /// RFC 6962 2.1 as it is written: split at the largest power of two smaller than the size.
    fn by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => sha256(b""),
            [only] => *only,
            _ => {
                let half = (leaves.len() as u64).next_power_of_two() as usize / 2;
                node(by_definition(&leaves[..half]), by_definition(&leaves[half..]))
            }
        }
    }

    #[test]
    fn the_root_at_every_size_is_the_root_by_definition() {
        let (leaves, nodes) = tree(300);
        for size in 0..=leaves.len() {
            let Ok(root) = root(size as u64, |level, place| Ok::<_, Infallible>(nodes[&(level, place)]));
            assert_eq!(root, by_definition(&leaves[..size]), "size {size}");
        }
    }

    fn tree(size: u64) -> (Vec<Hash>, HashMap<(u32, u64), Hash>) {
        let leaves: Vec<Hash> = (0..size).map(|n| leaf(&n.to_be_bytes())).collect();
        let mut nodes = HashMap::new();
        for (index, hash) in leaves.iter().enumerate() {
            let new = nodes_of_leaf(index as u64, *hash, |level, place| Ok::<_, Infallible>(nodes[&(level, place)]));
            nodes.extend(new.unwrap().into_iter().map(|(level, place, hash)| ((level, place), hash)));
        }
        (leaves, nodes)
    }

    /// RFC 6962, 2.1.1, as it is written.
    fn path_by_definition(index: usize, leaves: &[Hash]) -> Vec<Hash> {
        if leaves.len() < 2 {
            return Vec::new();
        }
        let half = leaves.len().next_power_of_two() / 2;
        let (of, beside, index) = match index < half {
            true => (&leaves[..half], &leaves[half..], index),
            false => (&leaves[half..], &leaves[..half], index - half),
        };
        let mut path = path_by_definition(index, of);
        path.push(by_definition(beside));
        path
    }

    /// RFC 6962, 2.1.2, as it is written: `SUBPROOF(old, leaves, is_known)`.
    fn subproof_by_definition(old: usize, leaves: &[Hash], is_known: bool) -> Vec<Hash> {
        if old == leaves.len() {
            return if is_known { Vec::new() } else { vec![by_definition(leaves)] };
        }
        let half = leaves.len().next_power_of_two() / 2;
        let (mut proof, beside) = match old <= half {
            true => (subproof_by_definition(old, &leaves[..half], is_known), &leaves[half..]),
            false => (subproof_by_definition(old - half, &leaves[half..], false), &leaves[..half]),
        };
        proof.push(by_definition(beside));
        proof
    }

    #[test]
    fn every_proof_up_to_256_leaves_is_the_one_by_definition_and_is_accepted() {
        const MOST: u64 = 256;
        let (leaves, nodes) = tree(MOST);
        let read = |level, place| Ok::<_, Infallible>(nodes[&(level, place)]);
        let roots: Vec<Hash> = (0..=MOST).map(|size| root(size, read).unwrap()).collect();
        for size in 0..=MOST {
            let here = &leaves[..size as usize];
            for old in 0..=size {
                let proof = consistency(old, size, read).unwrap();
                let expected = if old == 0 { Vec::new() } else { subproof_by_definition(old as usize, here, true) };
                assert_eq!(proof, expected, "from {old} to {size}");
                assert!(is_consistent(old, roots[old as usize], size, roots[size as usize], &proof), "from {old} to {size}");
            }
            for index in 0..size {
                let proof = inclusion(index, size, read).unwrap();
                assert_eq!(proof, path_by_definition(index as usize, here), "leaf {index} of {size}");
                assert!(is_included(leaves[index as usize], index, size, &proof, roots[size as usize]), "leaf {index} of {size}");
            }
        }
    }

    #[test]
    fn a_proof_of_something_else_is_refused() {
        let (leaves, nodes) = tree(40);
        let read = |level, place| Ok::<_, Infallible>(nodes[&(level, place)]);
        let roots: Vec<Hash> = (0..=40).map(|size| root(size, read).unwrap()).collect();
        for size in 1..=40u64 {
            for index in 0..size {
                let proof = inclusion(index, size, read).unwrap();
                for (leaf, place, of) in [(index + 1, index, size), (index, index + 1, size), (index, index, size + 1)] {
                    let held = leaf < 40 && of <= 40 && is_included(leaves[leaf as usize], place, of, &proof, roots[of as usize]);
                    assert!(!held, "leaf {leaf} as {place} of {of} by the proof of {index} of {size}");
                }
            }
            for old in 1..size {
                let proof = consistency(old, size, read).unwrap();
                let (first, second) = (roots[old as usize], roots[size as usize]);
                assert!(!is_consistent(old, second, size, second, &proof));
                assert!(!is_consistent(old, first, size, first, &proof));
                assert!(!is_consistent(size, second, old, first, &proof));
                assert!(!is_consistent(old, first, size, second, &[]), "nothing proves nothing: from {old} to {size}");
                let longer: Vec<Hash> = proof.iter().copied().chain([first]).collect();
                assert!(!is_consistent(old, first, size, second, &longer));
            }
        }
        assert!(!is_consistent(0, roots[1], 5, roots[5], &[]), "the root of nothing is known");
        assert!(!is_included(leaves[0], 0, 0, &[], roots[0]), "the empty tree has no leaf");
    }

    #[test]
    fn the_published_vectors_of_rfc_6962_implementations_hold() {
        // The empty tree and the leaf over no bytes, as certificate-transparency's own tests have them.
        assert_eq!(sha256(b"").to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(leaf(b"").to_string(), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    }
}
