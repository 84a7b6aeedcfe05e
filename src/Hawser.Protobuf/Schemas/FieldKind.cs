namespace Hawser.Protobuf;

/// <summary>What a field holds and how it is written; the numbers are those of <c>google.protobuf.FieldDescriptorProto.Type</c>.</summary>
public enum FieldKind
{
    /// <summary>No kind; no field has it.</summary>
    None = 0,

    /// <summary>A 64-bit floating-point number.</summary>
    Double = 1,

    /// <summary>A 32-bit floating-point number.</summary>
    Float = 2,

    /// <summary>A signed 64-bit integer, a varint.</summary>
    Int64 = 3,

    /// <summary>An unsigned 64-bit integer, a varint.</summary>
    UInt64 = 4,

    /// <summary>A signed 32-bit integer, a varint.</summary>
    Int32 = 5,

    /// <summary>An unsigned 64-bit integer, eight bytes.</summary>
    Fixed64 = 6,

    /// <summary>An unsigned 32-bit integer, four bytes.</summary>
    Fixed32 = 7,

    /// <summary>True or false, a varint.</summary>
    Bool = 8,

    /// <summary>Text.</summary>
    String = 9,

    /// <summary>A message between a start and an end tag: a proto2 group, or a message with the feature <c>message_encoding = DELIMITED</c>.</summary>
    Group = 10,

    /// <summary>A message behind its length.</summary>
    Message = 11,

    /// <summary>Bytes.</summary>
    Bytes = 12,

    /// <summary>An unsigned 32-bit integer, a varint.</summary>
    UInt32 = 13,

    /// <summary>A value of an enum, a varint.</summary>
    Enum = 14,

    /// <summary>A signed 32-bit integer, four bytes.</summary>
    SFixed32 = 15,

    /// <summary>A signed 64-bit integer, eight bytes.</summary>
    SFixed64 = 16,

    /// <summary>A signed 32-bit integer, a zigzag varint.</summary>
    SInt32 = 17,

    /// <summary>A signed 64-bit integer, a zigzag varint.</summary>
    SInt64 = 18,
}
