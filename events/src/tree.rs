//! The Merkle tree of RFC 6962 over the entries: SHA-256, a leaf hashed with the prefix `0x00`, a node with `0x01`.
//!
//! Nodes of complete subtrees never change, so a store keeps them as they arise: node (`level`, `index`) is the root over leaves
//! `index · 2^level` up to, not including, `(index + 1) · 2^level`. The root at any size is then a fold over at most 64 of them.

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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;
    use std::convert::Infallible;

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
        let leaves: Vec<Hash> = (0..300u32).map(|n| leaf(&n.to_be_bytes())).collect();
        let mut nodes = HashMap::new();
        for (index, hash) in leaves.iter().enumerate() {
            let new = nodes_of_leaf(index as u64, *hash, |level, place| Ok::<_, Infallible>(nodes[&(level, place)]));
            nodes.extend(new.unwrap().into_iter().map(|(level, place, hash)| ((level, place), hash)));
        }
        for size in 0..=leaves.len() {
            let Ok(root) = root(size as u64, |level, place| Ok::<_, Infallible>(nodes[&(level, place)]));
            assert_eq!(root, by_definition(&leaves[..size]), "size {size}");
        }
    }

    #[test]
    fn the_published_vectors_of_rfc_6962_implementations_hold() {
        // The empty tree and the leaf over no bytes, as certificate-transparency's own tests have them.
        assert_eq!(sha256(b"").to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(leaf(b"").to_string(), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    }
}
