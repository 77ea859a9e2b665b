//! Calls: arguments to parameters, generic inference, overloads, constructors, special callees.
