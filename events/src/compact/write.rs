//! Writing a pack: marks and numbers in one run, texts in another. Keys are named once, structure by structure.

use std::fmt;

use serde::ser::{
    Error as _, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    Serializer,
};

/// What stands before a value.
pub(super) mod mark {
    pub const NOTHING: u8 = 0;
    pub const FALSE: u8 = 1;
    pub const TRUE: u8 = 2;
    /// A number that fits `i64`, zigzag.
    pub const NUMBER: u8 = 3;
    /// A number that only fits `u64`.
    pub const LARGE: u8 = 4;
    pub const TEXT: u8 = 5;
    pub const LIST: u8 = 6;
    pub const MAP: u8 = 7;
    /// The number of its shape, then its values.
    pub const STRUCT: u8 = 8;
    /// In the place of a value: the key was left out.
    pub const LEFT_OUT: u8 = 9;
    /// The name of a variant that holds something, then that.
    pub const VARIANT: u8 = 10;
    /// From here on the mark is a text of so many bytes.
    pub const SHORT: u8 = 0x80;
}

/// A value that cannot be packed.
#[derive(Debug)]
pub(super) struct Unpackable;

impl fmt::Display for Unpackable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it cannot be packed")
    }
}

impl std::error::Error for Unpackable {}

impl serde::ser::Error for Unpackable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Unpackable
    }
}

/// What was written so far.
#[derive(Default)]
pub(super) struct Writer {
    marks: Vec<u8>,
    texts: String,
    kinds: Vec<&'static str>,
    shapes: Vec<Vec<&'static str>>,
}

impl Writer {
    pub(super) fn unsigned(&mut self, number: u64) {
        put(&mut self.marks, number);
    }

    pub(super) fn signed(&mut self, number: i64) {
        put(&mut self.marks, zigzag(number));
    }

    pub(super) fn text(&mut self, text: &str) {
        match u8::try_from(text.len()) {
            Ok(length) if length < mark::SHORT => self.marks.push(mark::SHORT | length),
            _ => {
                self.marks.push(mark::TEXT);
                put(&mut self.marks, text.len() as u64);
            }
        }
        self.texts.push_str(text);
    }

    pub(super) fn kind(&mut self, kind: &'static str) {
        let known = self.kinds.iter().position(|known| *known == kind).unwrap_or_else(|| {
            self.kinds.push(kind);
            self.kinds.len() - 1
        });
        put(&mut self.marks, known as u64);
    }

    pub(super) fn value(&mut self, value: &impl Serialize) -> Result<(), Unpackable> {
        value.serialize(self)
    }

    pub(super) fn finish(self, form: u64, count: usize) -> Vec<u8> {
        let mut packed = Vec::with_capacity(self.marks.len() + self.texts.len() + 1024);
        put(&mut packed, form);
        put(&mut packed, count as u64);
        put_names(&mut packed, &self.kinds);
        put(&mut packed, self.shapes.len() as u64);
        self.shapes.iter().for_each(|keys| put_names(&mut packed, keys));
        put(&mut packed, self.marks.len() as u64);
        packed.extend(self.marks);
        packed.extend(self.texts.into_bytes());
        packed
    }
}

fn put_names(into: &mut Vec<u8>, names: &[&str]) {
    put(into, names.len() as u64);
    for name in names {
        put(into, name.len() as u64);
        into.extend_from_slice(name.as_bytes());
    }
}

/// Seven bits a byte, the lowest first.
fn put(into: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        into.push(number as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

/// A structure of which the values are being written.
pub(super) struct Keys<'w> {
    writer: &'w mut Writer,
    /// Where the number of its shape stands.
    at: usize,
    keys: Vec<&'static str>,
}

impl<'w> Keys<'w> {
    fn begin(writer: &'w mut Writer) -> Self {
        writer.marks.extend([mark::STRUCT, 0]);
        let at = writer.marks.len() - 1;
        Keys { writer, at, keys: Vec::new() }
    }

    fn finish(self) -> Result<(), Unpackable> {
        let shapes = &mut self.writer.shapes;
        let shape = shapes.iter().position(|keys| *keys == self.keys).unwrap_or_else(|| {
            shapes.push(self.keys);
            shapes.len() - 1
        });
        self.writer.marks[self.at] = u8::try_from(shape).map_err(|_| Unpackable)?;
        Ok(())
    }
}

impl SerializeStruct for Keys<'_> {
    type Ok = ();
    type Error = Unpackable;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Unpackable> {
        self.keys.push(key);
        value.serialize(&mut *self.writer)
    }

    fn skip_field(&mut self, key: &'static str) -> Result<(), Unpackable> {
        self.keys.push(key);
        self.writer.marks.push(mark::LEFT_OUT);
        Ok(())
    }

    fn end(self) -> Result<(), Unpackable> {
        self.finish()
    }
}

impl SerializeStructVariant for Keys<'_> {
    type Ok = ();
    type Error = Unpackable;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Unpackable> {
        SerializeStruct::serialize_field(self, key, value)
    }

    fn skip_field(&mut self, key: &'static str) -> Result<(), Unpackable> {
        SerializeStruct::skip_field(self, key)
    }

    fn end(self) -> Result<(), Unpackable> {
        self.finish()
    }
}

impl SerializeSeq for &mut Writer {
    type Ok = ();
    type Error = Unpackable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unpackable> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Unpackable> {
        Ok(())
    }
}

impl SerializeTuple for &mut Writer {
    type Ok = ();
    type Error = Unpackable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unpackable> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Unpackable> {
        Ok(())
    }
}

impl SerializeMap for &mut Writer {
    type Ok = ();
    type Error = Unpackable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unpackable> {
        key.serialize(&mut **self)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unpackable> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Unpackable> {
        Ok(())
    }
}

impl<'w> Serializer for &'w mut Writer {
    type Ok = ();
    type Error = Unpackable;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Impossible<(), Unpackable>;
    type SerializeTupleVariant = Impossible<(), Unpackable>;
    type SerializeMap = Self;
    type SerializeStruct = Keys<'w>;
    type SerializeStructVariant = Keys<'w>;

    fn serialize_bool(self, value: bool) -> Result<(), Unpackable> {
        self.marks.push(if value { mark::TRUE } else { mark::FALSE });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), Unpackable> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Unpackable> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Unpackable> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Unpackable> {
        self.marks.push(mark::NUMBER);
        self.signed(value);
        Ok(())
    }

    fn serialize_u8(self, value: u8) -> Result<(), Unpackable> {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Unpackable> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Unpackable> {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Unpackable> {
        if let Ok(value) = i64::try_from(value) {
            return self.serialize_i64(value);
        }
        self.marks.push(mark::LARGE);
        self.unsigned(value);
        Ok(())
    }

    fn serialize_f32(self, _: f32) -> Result<(), Unpackable> {
        Err(Unpackable::custom("a fraction"))
    }

    fn serialize_f64(self, _: f64) -> Result<(), Unpackable> {
        Err(Unpackable::custom("a fraction"))
    }

    fn serialize_char(self, value: char) -> Result<(), Unpackable> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Unpackable> {
        self.text(value);
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Unpackable> {
        Err(Unpackable::custom("bytes"))
    }

    fn serialize_none(self) -> Result<(), Unpackable> {
        self.marks.push(mark::NOTHING);
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unpackable> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Unpackable> {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unpackable> {
        self.serialize_none()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Unpackable> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Unpackable> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Unpackable> {
        self.marks.push(mark::VARIANT);
        self.text(variant);
        value.serialize(self)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Self, Unpackable> {
        self.marks.push(mark::LIST);
        self.unsigned(length.ok_or(Unpackable)? as u64);
        Ok(self)
    }

    fn serialize_tuple(self, length: usize) -> Result<Self, Unpackable> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Unpackable> {
        Err(Unpackable)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Unpackable> {
        Err(Unpackable)
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Self, Unpackable> {
        self.marks.push(mark::MAP);
        self.unsigned(length.ok_or(Unpackable)? as u64);
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Keys<'w>, Unpackable> {
        Ok(Keys::begin(self))
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<Keys<'w>, Unpackable> {
        self.marks.push(mark::VARIANT);
        self.text(variant);
        Ok(Keys::begin(self))
    }
}
