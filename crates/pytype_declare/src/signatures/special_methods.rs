//! Methods whose parameters are positional whatever they are called.

/// Whether the parameters of the special method `name` count as positional-only.
pub(super) fn hides_names(name: &str) -> bool {
    let Some(inner) = name.strip_prefix("__").and_then(|name| name.strip_suffix("__")) else { return false };
    matches!(
        inner,
        "abs" | "complex" | "contains" | "buffer" | "del" | "delattr" | "delitem" | "enter" | "exit" | "float"
            | "getattr" | "getattribute" | "getitem" | "hex" | "int" | "invert" | "iter" | "len" | "long"
            | "neg" | "oct" | "pos" | "release_buffer" | "repr" | "reversed" | "setitem" | "str"
            // Binary operators and their reflections.
            | "add" | "and" | "divmod" | "eq" | "floordiv" | "ge" | "gt" | "le" | "lshift" | "lt" | "matmul"
            | "mod" | "mul" | "ne" | "or" | "pow" | "radd" | "rand" | "rdiv" | "rdivmod" | "rfloordiv"
            | "rlshift" | "rmatmul" | "rmod" | "rmul" | "ror" | "rpow" | "rrshift" | "rshift" | "rsub"
            | "rtruediv" | "rxor" | "sub" | "truediv" | "xor" | "iadd" | "iand" | "ifloordiv" | "ilshift"
            | "imatmul" | "imod" | "imul" | "ior" | "ipow" | "irshift" | "isub" | "itruediv" | "ixor"
    )
}
