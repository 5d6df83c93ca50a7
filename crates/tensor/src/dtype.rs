use std::fmt;

/// Element type of a stored tensor, named as in safetensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are those of the safetensors format")]
pub enum Dtype {
    Bool,
    U8,
    I8,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,
    F8E5M2,
    F8E4M3,
    F8E8M0,
    F16,
    Bf16,
    F32,
    F64,
    C64,
}

/// Name in safetensors headers, name in torch, bytes per element.
const TABLE: &[(Dtype, &str, &str, usize)] = &[
    (Dtype::Bool, "BOOL", "bool", 1),
    (Dtype::U8, "U8", "uint8", 1),
    (Dtype::I8, "I8", "int8", 1),
    (Dtype::I16, "I16", "int16", 2),
    (Dtype::U16, "U16", "uint16", 2),
    (Dtype::I32, "I32", "int32", 4),
    (Dtype::U32, "U32", "uint32", 4),
    (Dtype::I64, "I64", "int64", 8),
    (Dtype::U64, "U64", "uint64", 8),
    (Dtype::F8E5M2, "F8_E5M2", "float8_e5m2", 1),
    (Dtype::F8E4M3, "F8_E4M3", "float8_e4m3fn", 1),
    (Dtype::F8E8M0, "F8_E8M0", "float8_e8m0fnu", 1),
    (Dtype::F16, "F16", "float16", 2),
    (Dtype::Bf16, "BF16", "bfloat16", 2),
    (Dtype::F32, "F32", "float32", 4),
    (Dtype::F64, "F64", "float64", 8),
    (Dtype::C64, "C64", "complex64", 8),
];

impl Dtype {
    fn entry(self) -> &'static (Dtype, &'static str, &'static str, usize) {
        // The table has every variant (tested), in no particular order.
        TABLE.iter().find(|e| e.0 == self).unwrap_or(&TABLE[0])
    }

    /// Bytes per element.
    pub fn size(self) -> usize {
        self.entry().3
    }

    /// The name in a safetensors header, e.g. `BF16`.
    pub fn name(self) -> &'static str {
        self.entry().1
    }

    /// The name in torch and in config.json, e.g. `bfloat16`.
    pub fn torch_name(self) -> &'static str {
        self.entry().2
    }

    /// From the name in a safetensors header.
    pub fn from_name(name: &str) -> Option<Dtype> {
        TABLE.iter().find(|e| e.1 == name).map(|e| e.0)
    }

    /// From the name in torch.
    pub fn from_torch_name(name: &str) -> Option<Dtype> {
        TABLE.iter().find(|e| e.2 == name).map(|e| e.0)
    }

    /// Whether values of this type can be merged into: f16, bf16, f32, f64.
    pub fn is_float(self) -> bool {
        matches!(self, Dtype::F16 | Dtype::Bf16 | Dtype::F32 | Dtype::F64)
    }

    /// Bytes of a tensor of this type, or `None` when the number does not fit.
    pub fn bytes(self, shape: &[u64]) -> Option<u64> {
        crate::count(shape)?.checked_mul(self.size() as u64)
    }

    /// Distance between neighbouring values at magnitude `x`, for error bounds. Zero for types without one.
    pub fn ulp(self, x: f64) -> f64 {
        let (mantissa_bits, exponent_min) = match self {
            Dtype::F16 => (10, -14),
            Dtype::Bf16 => (7, -126),
            Dtype::F32 => (23, -126),
            Dtype::F64 => (52, -1022),
            _ => return 0.0,
        };
        let exponent =
            if x == 0.0 { exponent_min } else { (x.abs().log2().floor() as i32).max(exponent_min) };
        2f64.powi(exponent - mantissa_bits)
    }
}

impl fmt::Display for Dtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for entry in TABLE {
            assert_eq!(Dtype::from_name(entry.1), Some(entry.0));
            assert_eq!(Dtype::from_torch_name(entry.2), Some(entry.0));
            assert_eq!(entry.0.name(), entry.1);
        }
        assert_eq!(TABLE.len(), Dtype::C64 as usize + 1, "a dtype is missing from the table");
    }

    #[test]
    fn ulp_of_known_values() {
        assert_eq!(Dtype::Bf16.ulp(1.0), 2f64.powi(-7));
        assert_eq!(Dtype::F16.ulp(1.5), 2f64.powi(-10));
        assert_eq!(Dtype::F32.ulp(0.75), 2f64.powi(-24));
        assert_eq!(Dtype::F16.ulp(0.0), 2f64.powi(-24));
    }
}
