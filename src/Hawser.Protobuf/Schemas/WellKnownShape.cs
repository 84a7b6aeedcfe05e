using System.Collections.Frozen;

namespace Hawser.Protobuf;

/// <summary>
/// Recognises the well-known types by name and by the fields that their JSON form needs: anybody can send a descriptor that calls
/// something else <c>google.protobuf.Timestamp</c>.
/// </summary>
internal static class WellKnownShape
{
    private static readonly FrozenDictionary<string, (WellKnownType Type, FieldKind[] Fields, bool Repeated)> Shapes =
        new (WellKnownType Type, FieldKind[] Fields, bool Repeated)[]
        {
            (WellKnownType.Any, [FieldKind.String, FieldKind.Bytes], false),
            (WellKnownType.Timestamp, [FieldKind.Int64, FieldKind.Int32], false),
            (WellKnownType.Duration, [FieldKind.Int64, FieldKind.Int32], false),
            (WellKnownType.FieldMask, [FieldKind.String], true),
            (WellKnownType.Struct, [FieldKind.Message], true),
            (WellKnownType.Value, [FieldKind.Enum, FieldKind.Double, FieldKind.String, FieldKind.Bool, FieldKind.Message, FieldKind.Message], false),
            (WellKnownType.ListValue, [FieldKind.Message], true),
            (WellKnownType.Empty, [], false),
            (WellKnownType.DoubleValue, [FieldKind.Double], false),
            (WellKnownType.FloatValue, [FieldKind.Float], false),
            (WellKnownType.Int64Value, [FieldKind.Int64], false),
            (WellKnownType.UInt64Value, [FieldKind.UInt64], false),
            (WellKnownType.Int32Value, [FieldKind.Int32], false),
            (WellKnownType.UInt32Value, [FieldKind.UInt32], false),
            (WellKnownType.BoolValue, [FieldKind.Bool], false),
            (WellKnownType.StringValue, [FieldKind.String], false),
            (WellKnownType.BytesValue, [FieldKind.Bytes], false),
        }.ToFrozenDictionary(shape => $"google.protobuf.{shape.Type}", StringComparer.Ordinal);

    internal static WellKnownType Of(MessageSchema message)
    {
        if (!Shapes.TryGetValue(message.FullName, out var shape) || message.Fields.Length != shape.Fields.Length)
            return WellKnownType.None;
        for (var i = 0; i < shape.Fields.Length; i++)
        {
            if (message.FindField(i + 1) is not { } field || field.Kind != shape.Fields[i] || field.IsRepeated != shape.Repeated)
                return WellKnownType.None;
        }

        return RefersRightly(message, shape.Type) ? shape.Type : WellKnownType.None;
    }

    internal static WellKnownType Of(string enumFullName) =>
        string.Equals(enumFullName, "google.protobuf.NullValue", StringComparison.Ordinal) ? WellKnownType.NullValue : WellKnownType.None;

    private static bool RefersRightly(MessageSchema message, WellKnownType type) => type switch
    {
        WellKnownType.Struct => message.FindField(1) is { IsMap: true, MapKey.Kind: FieldKind.String, MapValue: { } value } && IsNamed(value, "Value"),
        WellKnownType.ListValue => IsNamed(message.FindField(1)!, "Value"),
        WellKnownType.Value => message.Fields.All(field => field.Oneof is not null)
            && IsNamed(message.FindField(5)!, "Struct") && IsNamed(message.FindField(6)!, "ListValue"),
        _ => true,
    };

    private static bool IsNamed(FieldSchema field, string name) => string.Equals(field.MessageType?.FullName, "google.protobuf." + name, StringComparison.Ordinal);
}
