//! What a pickle may call, and what that makes. Nothing is called: each entry is an interpretation of what
//! torch's own function of that name would return.

use super::STORAGES;
use super::pickle::{Fault, Id, Storage, Value, Values, View, damaged, shown};
use weldlm_tensor::Dtype;

/// No model has tensors of more dimensions.
pub(super) const DIMS_MAX: usize = 32;
/// No listed call takes more arguments; what is beyond them is not looked at.
const ARGS_MAX: usize = 16;
/// A tensor with attributes is one call around another.
const WRAPPED_MAX: usize = 4;

/// Calls that make tensors which are not elements of a storage in this file.
const ODD: &[&str] = &[
    "torch._utils._rebuild_device_tensor_from_cpu_tensor",
    "torch._utils._rebuild_device_tensor_from_numpy",
    "torch._utils._rebuild_meta_tensor_no_storage",
    "torch._utils._rebuild_nested_tensor",
    "torch._utils._rebuild_qtensor",
    "torch._utils._rebuild_sparse_csr_tensor",
    "torch._utils._rebuild_sparse_tensor",
    "torch._utils._rebuild_wrapper_subclass",
    "torch._utils._rebuild_xla_tensor",
];

/// Calls that make values of no interest. torch allows the same with `weights_only=True`.
const INERT: &[&str] = &[
    "__builtin__.bytearray",
    "__builtin__.complex",
    "__builtin__.set",
    "_codecs.encode",
    "builtins.bytearray",
    "builtins.complex",
    "builtins.set",
    "collections.Counter",
    "torch.device",
    "torch.serialization._get_layout",
];

/// Modules whose objects describe how a distributed tensor is spread; created without a call.
const INERT_CLASSES: &[&str] = &[
    "torch.distributed._mesh_layout",
    "torch.distributed.device_mesh",
    "torch.distributed.tensor._dtensor_spec",
    "torch.distributed.tensor.placement_types",
];

/// What `function(*args)` would return.
pub(super) fn call<'a>(values: &mut Values<'a>, function: Id, args: Id) -> Result<Id, Fault> {
    let mut name = function_name(values, function)?;
    let Some(mut args) = first_items(values, args) else {
        return damaged(format!("its pickle calls {name} without arguments"));
    };
    let mut odd = None;
    for _ in 0..WRAPPED_MAX {
        if name != "torch._tensor._rebuild_from_type_v2" && name != "torch.tensor._rebuild_from_type_v2" {
            let made = made_by(values, &name, &args)?;
            return odd.map_or(Ok(made), |odd| values.add(odd));
        }
        // Function, class of the result, arguments, attributes.
        let [inner, class, inner_args, ..] = args[..] else { return wrong(&name) };
        let class = values.shown(class);
        if !["torch.Tensor", "torch._tensor.Tensor", "torch.nn.parameter.Parameter"].contains(&class.as_str())
        {
            odd = Some(Value::Odd(format!("it is of the class {class}").into()));
        }
        name = function_name(values, inner)?;
        let Some(inner_args) = first_items(values, inner_args) else { return wrong(&name) };
        args = inner_args;
    }
    damaged("its pickle wraps a tensor too often")
}

/// What `class.__new__(class, *args)` would return.
pub(super) fn create<'a>(values: &mut Values<'a>, class: Id, args: Id) -> Result<Id, Fault> {
    let name = function_name(values, class)?;
    if name.rsplit_once('.').is_some_and(|(module, _)| INERT_CLASSES.contains(&module)) {
        return values.add(Value::Inert);
    }
    match name.as_str() {
        "collections.OrderedDict" | "collections.Counter" | "torch.Size" | "torch.nn.parameter.Parameter" => {
            call(values, class, args)
        }
        "torch.Tensor" | "torch._tensor.Tensor" => values.add(Value::Odd("it is made without data".into())),
        _ => Err(Fault::Call(name)),
    }
}

/// What the persistent id of a storage stands for: `("storage", class, key, location, elements)`.
pub(super) fn storage<'a>(values: &Values<'a>, id: Id) -> Result<Value<'a>, Fault> {
    let parts = match values.get(id) {
        Value::Tuple(items) => items.iter().map(|&item| values.get(item)).collect(),
        _ => Vec::new(),
    };
    let [Value::Text(b"storage"), Value::Name(class), Value::Text(key), _, Value::Int(count)] = parts[..]
    else {
        return damaged("its pickle refers to something else than a storage");
    };
    let Ok(count) = u64::try_from(*count) else {
        return damaged("its pickle has a storage of negative size");
    };
    Ok(Value::Storage(Box::new(Storage { class: class[1], key, count })))
}

/// The full name of a function. Its two parts are split at the last dot, as only attributes of modules are listed.
fn function_name(values: &Values<'_>, function: Id) -> Result<String, Fault> {
    match values.get(function) {
        // "os.system" as a name in "torch" must not be taken for "system" in "torch.os".
        Value::Name(name) if !name[1].contains(&b'.') => Ok(values.shown(function)),
        _ => Err(Fault::Call(values.shown(function))),
    }
}

fn made_by(values: &mut Values<'_>, name: &str, args: &[Id]) -> Result<Id, Fault> {
    match name {
        "collections.OrderedDict" => ordered_dict(values, args),
        "torch._utils._rebuild_tensor" | "torch._utils._rebuild_tensor_v2" => {
            tensor(values, name, args, false)
        }
        "torch._utils._rebuild_tensor_v3" => tensor(values, name, args, true),
        "torch._utils._rebuild_parameter"
        | "torch._utils._rebuild_parameter_with_state"
        | "torch.nn.parameter.Parameter" => args.first().copied().map_or_else(|| wrong(name), Ok),
        "torch.Size" => match args {
            [] => values.add(Value::Tuple(Box::default())),
            [items] if values.items(*items).is_some() => Ok(*items),
            _ => wrong(name),
        },
        _ if ODD.contains(&name) => {
            let function = name.rsplit('.').next().unwrap_or(name);
            values
                .add(Value::Odd(format!("it is not a plain tensor (torch makes it with {function})").into()))
        }
        _ if INERT.contains(&name) => values.add(Value::Inert),
        _ => Err(Fault::Call(name.into())),
    }
}

fn first_items(values: &Values<'_>, id: Id) -> Option<Vec<Id>> {
    values.items(id).map(|items| items.iter().copied().take(ARGS_MAX).collect())
}

fn wrong<T>(name: &str) -> Result<T, Fault> {
    damaged(format!("its pickle calls {name} with wrong arguments"))
}

/// Python 2 hands the items over in the call.
fn ordered_dict(values: &mut Values<'_>, args: &[Id]) -> Result<Id, Fault> {
    let items = args.first().and_then(|&items| values.items(items)).unwrap_or_default();
    let pair = |&pair: &Id| match values.items(pair) {
        Some(&[key, value]) => Some((key, value)),
        _ => None,
    };
    let Some(dict) = items.iter().map(pair).collect::<Option<Vec<_>>>() else {
        return wrong("collections.OrderedDict");
    };
    values.count_copied(dict.len());
    values.add(Value::Dict(dict))
}

/// `(storage, offset, size, stride, requires_grad, hooks, [dtype,] metadata)`; all after the strides may be left out.
fn tensor(values: &mut Values<'_>, name: &str, args: &[Id], with_dtype: bool) -> Result<Id, Fault> {
    let [storage, offset, size, stride, rest @ ..] = args else { return wrong(name) };
    let (Value::Storage(storage), Value::Int(offset)) = (values.get(*storage), values.get(*offset)) else {
        return wrong(name);
    };
    let (storage, Ok(offset)) = (**storage, u64::try_from(*offset)) else { return wrong(name) };
    let dims = |id: Id| values.numbers(id, DIMS_MAX).map(|numbers| numbers.len());
    let (shape, strides) = (*size, *stride);
    if dims(shape).is_none() || dims(shape) != dims(strides) {
        return wrong(name);
    }
    let (dtype_arg, metadata) = if with_dtype { (rest.get(2), rest.get(3)) } else { (None, rest.get(2)) };
    let stored = storage_dtype(storage.class);
    let dtype = match (with_dtype, dtype_arg) {
        (false, _) => stored.ok_or_else(|| format!("{} is not supported", shown(storage.class))),
        (true, Some(&dtype)) => {
            let name = values.shown(dtype);
            let known = name.strip_prefix("torch.").and_then(Dtype::from_torch_name);
            known.ok_or_else(|| format!("dtype {name} is not supported"))
        }
        (true, None) => return wrong(name),
    };
    let odd = match metadata.map(|&id| values.get(id)) {
        // Two bits, "conj" and "neg". Views may share the dict, so a long one is not searched each time.
        Some(Value::Dict(bits)) => {
            bits.len() > ARGS_MAX
                || bits.iter().any(|(_, bit)| !matches!(values.get(*bit), Value::Bool(false)))
        }
        _ => false,
    };
    let storage_bytes = stored.and_then(|stored| storage.count.checked_mul(stored.size() as u64));
    let made = match (dtype, storage_bytes) {
        _ if odd => Value::Odd("it is a conjugated or negated view".into()),
        (Err(reason), _) => Value::Odd(reason.into()),
        (Ok(_), None) => Value::Odd(format!("{} is not supported", shown(storage.class)).into()),
        (Ok(dtype), Some(storage_bytes)) => {
            Value::Tensor(Box::new(View { dtype, key: storage.key, storage_bytes, offset, shape, strides }))
        }
    };
    values.add(made)
}

fn storage_dtype(class: &[u8]) -> Option<Dtype> {
    let known = STORAGES.iter().find(|(name, _)| name.as_bytes() == class).map(|&(_, dtype)| dtype);
    known.or((class == b"UntypedStorage").then_some(Dtype::U8))
}
