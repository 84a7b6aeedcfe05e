namespace Hawser.Protobuf;

/// <summary>The types of <c>google.protobuf</c> that have a JSON form of their own.</summary>
public enum WellKnownType
{
    /// <summary>Any other type.</summary>
    None = 0,

    /// <summary><c>google.protobuf.Any</c>.</summary>
    Any,

    /// <summary><c>google.protobuf.Timestamp</c>.</summary>
    Timestamp,

    /// <summary><c>google.protobuf.Duration</c>.</summary>
    Duration,

    /// <summary><c>google.protobuf.FieldMask</c>.</summary>
    FieldMask,

    /// <summary><c>google.protobuf.Struct</c>.</summary>
    Struct,

    /// <summary><c>google.protobuf.Value</c>.</summary>
    Value,

    /// <summary><c>google.protobuf.ListValue</c>.</summary>
    ListValue,

    /// <summary>The enum <c>google.protobuf.NullValue</c>.</summary>
    NullValue,

    /// <summary><c>google.protobuf.Empty</c>.</summary>
    Empty,

    /// <summary><c>google.protobuf.DoubleValue</c>.</summary>
    DoubleValue,

    /// <summary><c>google.protobuf.FloatValue</c>.</summary>
    FloatValue,

    /// <summary><c>google.protobuf.Int64Value</c>.</summary>
    Int64Value,

    /// <summary><c>google.protobuf.UInt64Value</c>.</summary>
    UInt64Value,

    /// <summary><c>google.protobuf.Int32Value</c>.</summary>
    Int32Value,

    /// <summary><c>google.protobuf.UInt32Value</c>.</summary>
    UInt32Value,

    /// <summary><c>google.protobuf.BoolValue</c>.</summary>
    BoolValue,

    /// <summary><c>google.protobuf.StringValue</c>.</summary>
    StringValue,

    /// <summary><c>google.protobuf.BytesValue</c>.</summary>
    BytesValue,
}
