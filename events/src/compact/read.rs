//! Reading a pack.

use std::fmt;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;

use super::Unreadable;
use super::write::mark;
use crate::seal;

type Result<T> = std::result::Result<T, Unreadable>;

impl serde::de::Error for Unreadable {
    fn custom<T: fmt::Display>(why: T) -> Self {
        Unreadable(why.to_string())
    }
}

/// Bytes of a string that stands for a sealed text.
const SEALED: usize = seal::MARK.len() + 64;

/// How deep lists and tables stand in each other at most, as in entries.
const DEPTH: u32 = 100;

/// What is still to be read.
pub(super) struct Reader<'p, 'w> {
    marks: &'p [u8],
    texts: &'p str,
    pub(super) count: u64,
    pub(super) kinds: Vec<&'p str>,
    shapes: Vec<Shape<'p>>,
    words: &'w mut dyn FnMut(&str) -> Option<String>,
    depth: u32,
}

/// The keys of a structure, in order.
struct Shape<'p> {
    keys: Vec<&'p str>,
    /// The keys of the program that they were compared with, and found to be the same.
    same: Option<&'static [&'static str]>,
}

impl<'p, 'w> Reader<'p, 'w> {
    pub(super) fn new(packed: &'p [u8], form: u64, words: &'w mut dyn FnMut(&str) -> Option<String>) -> Result<Self> {
        let mut rest = packed;
        if number(&mut rest)? != form {
            return Err(odd("another form"));
        }
        let count = number(&mut rest)?;
        let kinds = names(&mut rest)?;
        let mut shapes = Vec::new();
        for _ in 0..number(&mut rest)? {
            shapes.push(Shape { keys: names(&mut rest)?, same: None });
        }
        let marks = number(&mut rest)?;
        let (marks, texts) = bytes(rest, marks)?;
        let texts = std::str::from_utf8(texts).map_err(|_| odd("texts that are not UTF-8"))?;
        Ok(Reader { marks, texts, count, kinds, shapes, words, depth: 0 })
    }

    pub(super) fn unsigned(&mut self) -> Result<u64> {
        number(&mut self.marks)
    }

    pub(super) fn signed(&mut self) -> Result<i64> {
        let number = self.unsigned()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    pub(super) fn text(&mut self) -> Result<&'p str> {
        match self.mark()? {
            mark::TEXT => {
                let length = self.unsigned()?;
                self.text_of(length)
            }
            short if mark::SHORT <= short => self.text_of(u64::from(short & !mark::SHORT)),
            _ => Err(odd("no text")),
        }
    }

    pub(super) fn value<T: Deserialize<'p>>(&mut self) -> Result<T> {
        T::deserialize(self)
    }

    pub(super) fn end(&self) -> Result<()> {
        if self.marks.is_empty() && self.texts.is_empty() { Ok(()) } else { Err(odd("more than it says")) }
    }

    fn mark(&mut self) -> Result<u8> {
        let (mark, rest) = self.marks.split_first().ok_or_else(|| odd("its end"))?;
        self.marks = rest;
        Ok(*mark)
    }

    /// Whether this mark comes next; then it is passed.
    fn passes(&mut self, mark: u8) -> bool {
        let comes = self.marks.first() == Some(&mark);
        if comes {
            self.marks = &self.marks[1..];
        }
        comes
    }

    fn text_of(&mut self, length: u64) -> Result<&'p str> {
        let length = usize::try_from(length).map_err(|_| odd("a text of that length"))?;
        let (text, rest) = self.texts.split_at_checked(length).ok_or_else(|| odd("a text that is cut short"))?;
        self.texts = rest;
        Ok(text)
    }

    fn visit_text<V: Visitor<'p>>(&mut self, text: &'p str, visitor: V) -> Result<V::Value> {
        if text.len() == SEALED
            && let Some(commitment) = seal::commitment_in(text)
        {
            let words = (self.words)(commitment).ok_or_else(|| odd("no words for a commitment"))?;
            return visitor.visit_string(words);
        }
        visitor.visit_borrowed_str(text)
    }

    /// As many values as a list or a structure has.
    fn length(&mut self) -> Result<usize> {
        usize::try_from(self.unsigned()?).map_err(|_| odd("a list of that length"))
    }

    /// One list, table or structure further in.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth == DEPTH {
            return Err(odd("too deep"));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// Passes the number of a shape that has these keys.
    fn shape(&mut self, keys: &'static [&'static str]) -> Result<()> {
        let shape = self.mark()?;
        let shape = self.shapes.get_mut(usize::from(shape)).ok_or_else(|| odd("no such shape"))?;
        if shape.same.is_some_and(|same| std::ptr::eq(same, keys)) {
            return Ok(());
        }
        if shape.keys != keys {
            return Err(odd("other keys than this program has"));
        }
        shape.same = Some(keys);
        Ok(())
    }
}

fn odd(what: &str) -> Unreadable {
    Unreadable(what.into())
}

fn number(rest: &mut &[u8]) -> Result<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first().ok_or_else(|| odd("its end"))?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(odd("a number without an end"))
}

fn bytes(from: &[u8], length: u64) -> Result<(&[u8], &[u8])> {
    usize::try_from(length).ok().and_then(|length| from.split_at_checked(length)).ok_or_else(|| odd("its end"))
}

fn names<'p>(rest: &mut &'p [u8]) -> Result<Vec<&'p str>> {
    let mut names = Vec::new();
    for _ in 0..number(rest)? {
        let length = number(rest)?;
        let (name, after) = bytes(rest, length)?;
        *rest = after;
        names.push(std::str::from_utf8(name).map_err(|_| odd("a name that is not UTF-8"))?);
    }
    Ok(names)
}

impl<'p> Deserializer<'p> for &mut Reader<'p, '_> {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'p>>(self, visitor: V) -> Result<V::Value> {
        match self.mark()? {
            mark::NOTHING => visitor.visit_unit(),
            mark::FALSE => visitor.visit_bool(false),
            mark::TRUE => visitor.visit_bool(true),
            mark::NUMBER => {
                let number = self.signed()?;
                // As JSON has it: what is not negative is a `u64`.
                match u64::try_from(number) {
                    Ok(number) => visitor.visit_u64(number),
                    Err(_) => visitor.visit_i64(number),
                }
            }
            mark::LARGE => visitor.visit_u64(self.unsigned()?),
            mark::TEXT => {
                let length = self.unsigned()?;
                let text = self.text_of(length)?;
                self.visit_text(text, visitor)
            }
            mark::LIST => {
                let left = self.length()?;
                self.deeper(|reader| visitor.visit_seq(Values { reader, left }))
            }
            mark::MAP => {
                let left = self.length()?;
                self.deeper(|reader| visitor.visit_map(Values { reader, left }))
            }
            short if mark::SHORT <= short => {
                let text = self.text_of(u64::from(short & !mark::SHORT))?;
                self.visit_text(text, visitor)
            }
            _ => Err(odd("a mark that is none here")),
        }
    }

    fn deserialize_option<V: Visitor<'p>>(self, visitor: V) -> Result<V::Value> {
        if self.passes(mark::NOTHING) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'p>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'p>>(self, _: &'static str, keys: &'static [&'static str], visitor: V) -> Result<V::Value> {
        if !self.passes(mark::STRUCT) {
            return Err(odd("no structure"));
        }
        self.shape(keys)?;
        self.deeper(|reader| visitor.visit_seq(Values { reader, left: keys.len() }))
    }

    fn deserialize_enum<V: Visitor<'p>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value> {
        if self.passes(mark::VARIANT) {
            return self.deeper(|reader| visitor.visit_enum(Variant { reader }));
        }
        visitor.visit_enum(self.text()?.into_deserializer())
    }

    forward_to_deserialize_any! {
        <V: Visitor<'p>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct
        map identifier ignored_any
    }
}

/// The values of a list, a table or a structure.
struct Values<'r, 'p, 'w> {
    reader: &'r mut Reader<'p, 'w>,
    left: usize,
}

impl<'p> SeqAccess<'p> for Values<'_, 'p, '_> {
    type Error = Unreadable;

    /// `None` also where a key was left out: the next one may be there.
    fn next_element_seed<T: DeserializeSeed<'p>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        if self.reader.passes(mark::LEFT_OUT) {
            return Ok(None);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

impl<'p> MapAccess<'p> for Values<'_, 'p, '_> {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'p>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        // A key is never a commitment.
        seed.deserialize(BorrowedStrDeserializer::new(self.reader.text()?)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'p>>(&mut self, seed: T) -> Result<T::Value> {
        seed.deserialize(&mut *self.reader)
    }
}

/// A variant that holds something.
struct Variant<'r, 'p, 'w> {
    reader: &'r mut Reader<'p, 'w>,
}

impl<'p> EnumAccess<'p> for Variant<'_, 'p, '_> {
    type Error = Unreadable;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'p>>(self, seed: T) -> Result<(T::Value, Self)> {
        let name: BorrowedStrDeserializer<'p, Unreadable> = BorrowedStrDeserializer::new(self.reader.text()?);
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'p> VariantAccess<'p> for Variant<'_, 'p, '_> {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<()> {
        Err(Unreadable::custom("a variant that holds something"))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'p>>(self, seed: T) -> Result<T::Value> {
        seed.deserialize(self.reader)
    }

    fn tuple_variant<V: Visitor<'p>>(self, _: usize, _: V) -> Result<V::Value> {
        Err(Unreadable::custom("no facts are so"))
    }

    fn struct_variant<V: Visitor<'p>>(self, keys: &'static [&'static str], visitor: V) -> Result<V::Value> {
        self.reader.deserialize_struct("", keys, visitor)
    }
}
