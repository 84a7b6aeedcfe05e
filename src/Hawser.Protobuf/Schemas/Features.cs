using Google.Protobuf.Reflection;
using static Google.Protobuf.Reflection.FeatureSet.Types;

namespace Hawser.Protobuf;

/// <summary>
/// The features of editions that change what a message means, as they apply to one element: what its edition gives, overridden by file, message,
/// oneof and field in turn. proto2 and proto3 are editions whose features cannot be overridden.
/// </summary>
internal readonly record struct Features(
    FieldPresence Presence,
    EnumType Enums,
    RepeatedFieldEncoding Repeated,
    Utf8Validation Utf8,
    MessageEncoding Encoding,
    JsonFormat Json)
{
    private static readonly Features Proto2 = new(
        FieldPresence.Explicit, EnumType.Closed, RepeatedFieldEncoding.Expanded, Utf8Validation.None, MessageEncoding.LengthPrefixed, JsonFormat.LegacyBestEffort);

    private static readonly Features Proto3 = new(
        FieldPresence.Implicit, EnumType.Open, RepeatedFieldEncoding.Packed, Utf8Validation.Verify, MessageEncoding.LengthPrefixed, JsonFormat.Allow);

    internal static Features Of(Edition edition) => edition switch
    {
        Edition.Proto2 => Proto2,
        Edition.Proto3 => Proto3,
        _ => Proto3 with { Presence = FieldPresence.Explicit },
    };

    internal Features With(FeatureSet? overrides) => overrides is null
        ? this
        : new Features(
            overrides.HasFieldPresence ? overrides.FieldPresence : Presence,
            overrides.HasEnumType ? overrides.EnumType : Enums,
            overrides.HasRepeatedFieldEncoding ? overrides.RepeatedFieldEncoding : Repeated,
            overrides.HasUtf8Validation ? overrides.Utf8Validation : Utf8,
            overrides.HasMessageEncoding ? overrides.MessageEncoding : Encoding,
            overrides.HasJsonFormat ? overrides.JsonFormat : Json);
}
