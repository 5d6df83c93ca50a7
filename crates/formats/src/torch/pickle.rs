//! A stack machine for pickles that can only build plain values and tensors. Nothing that a pickle names is
//! ever called: a call on the list in `calls.rs` is replaced by what it would return, any other is refused.
//! The opcodes are described in Python's `pickletools`.

use super::calls;

/// 200 bytes a tensor, for as many tensors as [`OBJECTS_MAX`] allows.
pub(super) const PICKLE_BYTES_MAX: u64 = 64 << 20;
/// A tensor takes about 15 values, so this is enough for 270 000 tensors in a file.
const OBJECTS_MAX: usize = 4 << 20;
/// Picklers hand over at most a thousand items at a time.
const STACK_MAX: usize = 1 << 20;
/// Values nest no deeper in a state dict than in an optimizer's state.
const MARKS_MAX: usize = 1 << 10;
/// Picklers number the remembered values from zero on.
const MEMO_MAX: usize = OBJECTS_MAX;
/// The highest protocol there is.
const PROTOCOL_MAX: u8 = 5;

/// A value's place among the values. Values refer to each other by it, so sharing costs nothing.
pub(super) type Id = u32;

pub(super) const NOTHING: Id = 0;
const FALSE: Id = 1;
const TRUE: Id = 2;
const UNSET: Id = u32::MAX;

/// A value that a pickle makes.
pub(super) enum Value<'a> {
    /// None, and values that cannot matter: floats, bytes, long integers.
    Nothing,
    Bool(bool),
    Int(i64),
    /// Not checked to be UTF-8.
    Text(&'a [u8]),
    /// A global, which was only named: module and name.
    Name(Box<[&'a [u8]; 2]>),
    Tuple(Box<[Id]>),
    List(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    Storage(Box<Storage<'a>>),
    Tensor(Box<View<'a>>),
    /// A tensor that weldlm cannot read, and why.
    Odd(Box<str>),
    /// An object that nothing can be done with.
    Inert,
}

/// Bytes that tensors view.
#[derive(Clone, Copy)]
pub(super) struct Storage<'a> {
    /// Name of its class.
    pub(super) class: &'a [u8],
    /// Its entry is `data/<key>`.
    pub(super) key: &'a [u8],
    /// Elements of its class.
    pub(super) count: u64,
}

/// A tensor: elements of a storage.
pub(super) struct View<'a> {
    pub(super) dtype: weldlm_tensor::Dtype,
    pub(super) key: &'a [u8],
    pub(super) storage_bytes: u64,
    /// In elements, like the strides.
    pub(super) offset: u64,
    /// Tuples of numbers, of equal length. Many views may share one.
    pub(super) shape: Id,
    pub(super) strides: Id,
}

/// Why a pickle is not read.
pub(super) enum Fault {
    /// It wants to call this.
    Call(String),
    Damaged(String),
    Limit {
        what: &'static str,
        found: u64,
        limit: u64,
    },
}

pub(super) fn damaged<T>(reason: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Damaged(reason.into()))
}

/// All values of a pickle.
pub(super) struct Values<'a> {
    values: Vec<Value<'a>>,
    /// Items that calls copied out of other values.
    copied: usize,
}

impl<'a> Values<'a> {
    pub(super) fn get(&self, id: Id) -> &Value<'a> {
        self.values.get(id as usize).unwrap_or(&Value::Nothing)
    }

    pub(super) fn add(&mut self, value: Value<'a>) -> Result<Id, Fault> {
        let count = self.values.len();
        if count + self.copied >= OBJECTS_MAX {
            return Err(Fault::Limit {
                what: "number of pickled values",
                found: (count + self.copied) as u64 + 1,
                limit: OBJECTS_MAX as u64,
            });
        }
        self.values.push(value);
        Ok(count as Id)
    }

    /// The items of a tuple or list.
    pub(super) fn items(&self, id: Id) -> Option<&[Id]> {
        match self.get(id) {
            Value::Tuple(items) => Some(items),
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// A tuple of numbers that are not negative, or `None` when it is not one or has more than `max` items.
    pub(super) fn numbers(&self, id: Id, max: usize) -> Option<Vec<u64>> {
        let Value::Tuple(items) = self.get(id) else { return None };
        let number = |&item: &Id| match self.get(item) {
            Value::Int(n) => u64::try_from(*n).ok(),
            _ => None,
        };
        if items.len() > max { None } else { items.iter().map(number).collect() }
    }

    /// Counts items that a call copies: the same list may be handed over any number of times.
    pub(super) fn count_copied(&mut self, items: usize) {
        self.copied = self.copied.saturating_add(items);
    }

    /// What a refusal says of a value that is to be called.
    pub(super) fn shown(&self, id: Id) -> String {
        match self.get(id) {
            Value::Name(name) => format!("{}.{}", shown(name[0]), shown(name[1])),
            Value::Nothing => "None".into(),
            Value::Bool(_) => "a bool".into(),
            Value::Int(_) => "an int".into(),
            Value::Text(_) => "a str".into(),
            Value::Tuple(_) => "a tuple".into(),
            Value::List(_) => "a list".into(),
            Value::Dict(_) => "a dict".into(),
            Value::Storage(_) => "a storage".into(),
            Value::Tensor(_) | Value::Odd(_) => "a tensor".into(),
            Value::Inert => "an object".into(),
        }
    }
}

/// Text from a file, fit to be shown.
pub(super) fn shown(text: &[u8]) -> String {
    const SHOWN_MAX: usize = 120;
    let cut = &text[..text.len().min(SHOWN_MAX)];
    let dots = if cut.len() < text.len() { "…" } else { "" };
    format!("{}{dots}", String::from_utf8_lossy(cut).escape_debug())
}

/// Runs the machine: all values, and which of them the pickle stands for.
pub(super) fn load(pickle: &[u8]) -> Result<(Values<'_>, Id), Fault> {
    let values = Values { values: vec![Value::Nothing, Value::Bool(false), Value::Bool(true)], copied: 0 };
    let mut machine =
        Machine { pickle, at: 0, values, stack: Vec::new(), marks: Vec::new(), memo: Vec::new() };
    loop {
        let start = machine.at;
        let op = machine.byte()?;
        if op == b'.' {
            let root = machine.pop()?;
            return Ok((machine.values, root));
        }
        let known =
            machine.plain(op)? || machine.stack(op)? || machine.container(op)? || machine.object(op)?;
        if !known {
            return damaged(format!("its pickle has an unknown opcode {op:#04x} at byte {start}"));
        }
    }
}

struct Machine<'a> {
    pickle: &'a [u8],
    at: usize,
    values: Values<'a>,
    stack: Vec<Id>,
    /// Heights of the stack.
    marks: Vec<usize>,
    memo: Vec<Id>,
}

impl<'a> Machine<'a> {
    fn take(&mut self, n: u64) -> Result<&'a [u8], Fault> {
        let end = usize::try_from(n).ok().and_then(|n| self.at.checked_add(n));
        let Some(bytes) = end.and_then(|end| self.pickle.get(self.at..end)) else {
            return damaged("its pickle is cut short");
        };
        self.at += bytes.len();
        Ok(bytes)
    }

    fn byte(&mut self) -> Result<u8, Fault> {
        Ok(self.take(1)?[0])
    }

    /// A little-endian number of up to eight bytes.
    fn number(&mut self, bytes: u64) -> Result<u64, Fault> {
        Ok(self.take(bytes)?.iter().rev().fold(0, |n, &b| n << 8 | u64::from(b)))
    }

    fn line(&mut self) -> Result<&'a [u8], Fault> {
        let rest = &self.pickle[self.at..];
        let Some(len) = rest.iter().position(|&b| b == b'\n') else {
            return damaged("its pickle is cut short");
        };
        self.at += len + 1;
        Ok(&rest[..len])
    }

    fn push(&mut self, id: Id) -> Result<(), Fault> {
        if self.stack.len() >= STACK_MAX {
            return Err(Fault::Limit {
                what: "pickle stack",
                found: self.stack.len() as u64 + 1,
                limit: STACK_MAX as u64,
            });
        }
        self.stack.push(id);
        Ok(())
    }

    fn push_new(&mut self, value: Value<'a>) -> Result<(), Fault> {
        let id = self.values.add(value)?;
        self.push(id)
    }

    /// What lies below the last mark is out of reach.
    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    fn pop(&mut self) -> Result<Id, Fault> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    fn top(&self) -> Result<Id, Fault> {
        match self.stack.last() {
            Some(&id) if self.stack.len() > self.floor() => Ok(id),
            _ => damaged("its pickle takes a value from an empty stack"),
        }
    }

    fn pop_mark(&mut self) -> Result<Vec<Id>, Fault> {
        match self.marks.pop() {
            Some(mark) => Ok(self.stack.split_off(mark)),
            None => damaged("its pickle takes a mark that was not set"),
        }
    }

    fn pop_tuple(&mut self, n: usize) -> Result<(), Fault> {
        if self.stack.len() - self.floor() < n {
            return damaged("its pickle takes a value from an empty stack");
        }
        let items = self.stack.split_off(self.stack.len() - n);
        self.push_new(Value::Tuple(items.into()))
    }

    /// Opcodes that push a value without parts.
    fn plain(&mut self, op: u8) -> Result<bool, Fault> {
        let value = match op {
            b'N' => return self.push(NOTHING).map(|()| true),
            0x88 => return self.push(TRUE).map(|()| true),
            0x89 => return self.push(FALSE).map(|()| true),
            b'K' => Value::Int(self.number(1)? as i64),
            b'M' => Value::Int(self.number(2)? as i64),
            b'J' => Value::Int(i64::from(self.number(4)? as i32)),
            0x8a => self.long(1)?,
            0x8b => self.long(4)?,
            b'I' => match self.line()? {
                b"00" => Value::Bool(false),
                b"01" => Value::Bool(true),
                digits => decimal(digits),
            },
            b'L' => decimal(self.line()?),
            b'G' => self.skip(8)?,
            b'F' => {
                self.line()?;
                Value::Nothing
            }
            0x8c => self.text(1)?,
            b'X' => self.text(4)?,
            0x8d => self.text(8)?,
            b'V' => Value::Text(self.line()?),
            // Python 2's strings: names in old files.
            b'U' => self.text(1)?,
            b'T' => self.text(4)?,
            b'S' => {
                let quoted = self.line()?.trim_ascii();
                Value::Text(quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default())
            }
            b'C' => self.bytes(1)?,
            b'B' => self.bytes(4)?,
            0x8e | 0x96 => self.bytes(8)?,
            _ => return Ok(false),
        };
        self.push_new(value)?;
        Ok(true)
    }

    fn text(&mut self, length_bytes: u64) -> Result<Value<'a>, Fault> {
        let len = self.number(length_bytes)?;
        Ok(Value::Text(self.take(len)?))
    }

    fn bytes(&mut self, length_bytes: u64) -> Result<Value<'a>, Fault> {
        let len = self.number(length_bytes)?;
        self.skip(len)
    }

    fn skip(&mut self, n: u64) -> Result<Value<'a>, Fault> {
        self.take(n)?;
        Ok(Value::Nothing)
    }

    /// A little-endian integer in two's complement.
    fn long(&mut self, length_bytes: u64) -> Result<Value<'a>, Fault> {
        let len = self.number(length_bytes)?;
        let bytes = self.take(len)?;
        let Some(&highest) = bytes.last() else { return Ok(Value::Int(0)) };
        if bytes.len() > 8 {
            return Ok(Value::Nothing);
        }
        let mut wide = [if highest & 0x80 == 0 { 0 } else { 0xff }; 8];
        wide[..bytes.len()].copy_from_slice(bytes);
        Ok(Value::Int(i64::from_le_bytes(wide)))
    }

    /// Opcodes for the stack, the memo and the stream itself.
    fn stack(&mut self, op: u8) -> Result<bool, Fault> {
        match op {
            0x80 => match self.byte()? {
                version if version <= PROTOCOL_MAX => {}
                version => {
                    return damaged(format!(
                        "its pickle has protocol {version}, the limit is {PROTOCOL_MAX}"
                    ));
                }
            },
            0x95 => {
                self.number(8)?;
            }
            b'(' => {
                if self.marks.len() >= MARKS_MAX {
                    let found = self.marks.len() as u64 + 1;
                    return Err(Fault::Limit { what: "pickle depth", found, limit: MARKS_MAX as u64 });
                }
                self.marks.push(self.stack.len());
            }
            // Python takes the mark away when there is nothing above it.
            b'0' if self.stack.len() == self.floor() => drop(self.pop_mark()?),
            b'0' => drop(self.pop()?),
            b'1' => drop(self.pop_mark()?),
            b'2' => self.push(self.top()?)?,
            b'q' => self.put_next(1)?,
            b'r' => self.put_next(4)?,
            b'p' => {
                let at = index(self.line()?);
                self.put(at)?;
            }
            0x94 => self.put(self.memo.len() as u64)?,
            b'h' => self.recall_next(1)?,
            b'j' => self.recall_next(4)?,
            b'g' => {
                let at = index(self.line()?);
                self.recall(at)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn put_next(&mut self, length_bytes: u64) -> Result<(), Fault> {
        let at = self.number(length_bytes)?;
        self.put(at)
    }

    fn put(&mut self, at: u64) -> Result<(), Fault> {
        if at >= MEMO_MAX as u64 {
            return Err(Fault::Limit {
                what: "pickle memo",
                found: at.saturating_add(1),
                limit: MEMO_MAX as u64,
            });
        }
        let (at, top) = (at as usize, self.top()?);
        if at >= self.memo.len() {
            self.memo.resize(at + 1, UNSET);
        }
        self.memo[at] = top;
        Ok(())
    }

    fn recall_next(&mut self, length_bytes: u64) -> Result<(), Fault> {
        let at = self.number(length_bytes)?;
        self.recall(at)
    }

    fn recall(&mut self, at: u64) -> Result<(), Fault> {
        let id = usize::try_from(at).ok().and_then(|at| self.memo.get(at)).copied().unwrap_or(UNSET);
        if id == UNSET {
            return damaged(format!("its pickle asks for value {at}, which it has not stored"));
        }
        self.push(id)
    }

    /// Opcodes for tuples, lists, dicts and sets.
    fn container(&mut self, op: u8) -> Result<bool, Fault> {
        match op {
            b')' => self.pop_tuple(0)?,
            0x85 => self.pop_tuple(1)?,
            0x86 => self.pop_tuple(2)?,
            0x87 => self.pop_tuple(3)?,
            b't' => {
                let items = self.pop_mark()?;
                self.push_new(Value::Tuple(items.into()))?;
            }
            b']' => self.push_new(Value::List(Vec::new()))?,
            b'l' => {
                let items = self.pop_mark()?;
                self.push_new(Value::List(items))?;
            }
            b'}' => self.push_new(Value::Dict(Vec::new()))?,
            b'd' => {
                let items = self.pop_mark()?;
                self.push_new(Value::Dict(Vec::new()))?;
                self.set(items)?;
            }
            0x8f => self.push_new(Value::Inert)?,
            0x91 => {
                self.pop_mark()?;
                self.push_new(Value::Inert)?;
            }
            b'a' => {
                let item = self.pop()?;
                self.append(vec![item])?;
            }
            b'e' => {
                let items = self.pop_mark()?;
                self.append(items)?;
            }
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.set(vec![key, value])?;
            }
            b'u' => {
                let items = self.pop_mark()?;
                self.set(items)?;
            }
            0x90 => {
                self.pop_mark()?;
                self.top()?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn append(&mut self, items: Vec<Id>) -> Result<(), Fault> {
        let top = self.top()?;
        match self.values.values.get_mut(top as usize) {
            Some(Value::List(list)) => list.extend(items),
            Some(Value::Inert) => {}
            _ => return damaged(format!("its pickle appends to {}", self.values.shown(top))),
        }
        Ok(())
    }

    fn set(&mut self, items: Vec<Id>) -> Result<(), Fault> {
        let top = self.top()?;
        let (pairs, rest) = items.as_chunks::<2>();
        if !rest.is_empty() {
            return damaged("its pickle sets a key without a value");
        }
        match self.values.values.get_mut(top as usize) {
            Some(Value::Dict(dict)) => dict.extend(pairs.iter().map(|&[key, value]| (key, value))),
            Some(Value::Inert) => {}
            _ => return damaged(format!("its pickle sets items of {}", self.values.shown(top))),
        }
        Ok(())
    }

    /// Opcodes that would import or call something.
    fn object(&mut self, op: u8) -> Result<bool, Fault> {
        match op {
            b'c' => {
                let name = [self.line()?, self.line()?];
                self.push_new(Value::Name(Box::new(name)))?;
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                let (Value::Text(name), Value::Text(module)) =
                    (self.values.get(name), self.values.get(module))
                else {
                    return damaged("its pickle names a global by something else than text");
                };
                let name = [*module, *name];
                self.push_new(Value::Name(Box::new(name)))?;
            }
            b'R' => {
                let (args, function) = (self.pop()?, self.pop()?);
                let made = calls::call(&mut self.values, function, args)?;
                self.push(made)?;
            }
            0x81 => {
                let (args, class) = (self.pop()?, self.pop()?);
                let made = calls::create(&mut self.values, class, args)?;
                self.push(made)?;
            }
            b'b' => {
                self.pop()?;
                self.build()?;
            }
            b'Q' => {
                let id = self.pop()?;
                let storage = calls::storage(&self.values, id)?;
                self.push_new(storage)?;
            }
            // These create objects by means that torch does not use.
            0x92 => {
                let (_, _, class) = (self.pop()?, self.pop()?, self.pop()?);
                return Err(Fault::Call(self.values.shown(class)));
            }
            b'o' => {
                let items = self.pop_mark()?;
                return Err(Fault::Call(self.values.shown(items.first().copied().unwrap_or(NOTHING))));
            }
            b'i' => {
                let (module, name) = (self.line()?, self.line()?);
                return Err(Fault::Call(format!("{}.{}", shown(module), shown(name))));
            }
            0x82..=0x84 => return Err(Fault::Call("a registered extension (copyreg)".into())),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Gives an object its state. Only the attributes of a dict, which do not matter, may be set.
    fn build(&mut self) -> Result<(), Fault> {
        let top = self.top()?;
        match self.values.values.get_mut(top as usize) {
            Some(Value::Dict(_) | Value::Inert | Value::Odd(_)) => Ok(()),
            Some(value @ Value::Tensor(_)) => {
                *value = Value::Odd("its contents are replaced after it was made".into());
                Ok(())
            }
            _ => Err(Fault::Call(format!("{}.__setstate__", self.values.shown(top)))),
        }
    }
}

fn decimal<'a>(digits: &[u8]) -> Value<'a> {
    let digits = std::str::from_utf8(digits).unwrap_or_default();
    digits.trim_end_matches('L').parse().map_or(Value::Nothing, Value::Int)
}

fn index(digits: &[u8]) -> u64 {
    std::str::from_utf8(digits).ok().and_then(|d| d.parse().ok()).unwrap_or(u64::MAX)
}
