namespace Hawser.Protobuf;

/// <summary>What the integer kinds can hold.</summary>
internal static class IntegerRange
{
    internal static (long Min, ulong Max) Of(FieldKind kind) => kind switch
    {
        FieldKind.Int64 or FieldKind.SInt64 or FieldKind.SFixed64 => (long.MinValue, long.MaxValue),
        FieldKind.UInt64 or FieldKind.Fixed64 => (0, ulong.MaxValue),
        FieldKind.UInt32 or FieldKind.Fixed32 => (0, uint.MaxValue),
        _ => (int.MinValue, int.MaxValue),
    };
}
