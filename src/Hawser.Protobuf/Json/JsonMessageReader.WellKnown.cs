using System.Text;
using System.Text.Json;

namespace Hawser.Protobuf;

/// <content>The types that have a JSON form of their own.</content>
internal ref partial struct JsonMessageReader
{
    private void ReadWellKnown(DynamicMessage message)
    {
        switch (message.Layout.WellKnown)
        {
            case WellKnownType.Any:
                ReadAny(message);
                break;
            case WellKnownType.Timestamp:
                ReadTimestamp(message);
                break;
            case WellKnownType.Duration:
                ReadDuration(message);
                break;
            case WellKnownType.FieldMask:
                ReadFieldMask(message);
                break;
            case WellKnownType.Struct:
                RequireObject();
                ReadEntries(message.Map(message.Layout.Plans[WellKnownSlots.StructFields]));
                break;
            case WellKnownType.Value:
                ReadStructValue(message);
                break;
            case WellKnownType.ListValue:
                ReadRepeated(message, message.Layout.Plans[WellKnownSlots.ListValues]);
                break;
            case WellKnownType.Empty:
                RequireObject();
                ReadMembers(message, NoType);
                break;
            default:
                ReadSingular(message, message.Layout.Plans[WellKnownSlots.WrappedValue]);
                break;
        }
    }

    private readonly void ReadTimestamp(DynamicMessage message)
    {
        const string What = "a timestamp such as \"2026-11-20T11:12:13.5Z\"";
        RequireText(What);
        using var text = new JsonText(json);
        if (!TimestampText.TryParse(text.Span, out var seconds, out var nanos))
            throw Expected(What);
        StoreTime(message, seconds, nanos);
    }

    private readonly void ReadDuration(DynamicMessage message)
    {
        const string What = "a duration such as \"1.5s\"";
        RequireText(What);
        using var text = new JsonText(json);
        if (!DurationText.TryParse(text.Span, out var seconds, out var nanos))
            throw Expected(What);
        StoreTime(message, seconds, nanos);
    }

    private static void StoreTime(DynamicMessage message, long seconds, int nanos)
    {
        message.StoreNumber(message.Layout.Plans[WellKnownSlots.Seconds], seconds);
        message.StoreNumber(message.Layout.Plans[WellKnownSlots.Nanos], nanos);
    }

    private readonly void ReadFieldMask(DynamicMessage message)
    {
        RequireText("a field mask, a text with commas between the paths");
        using var text = new JsonText(json);
        if (text.Span.IsEmpty)
            return;
        var paths = (SliceStorage)message.Repeated(message.Layout.Plans[WellKnownSlots.MaskPaths]);
        foreach (var camel in Encoding.UTF8.GetString(text.Span).Split(','))
        {
            var snake = FieldMaskText.ToSnakeCase(camel) ?? throw Failure($"the path \"{camel}\" of a field mask is not lowerCamelCase");
            var octets = Encoding.UTF8.GetBytes(snake);
            paths.Add(new FieldValue(octets, 0, octets.Length));
        }
    }

    private void ReadStructValue(DynamicMessage value)
    {
        var plans = value.Layout.Plans;
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                value.Prepare(plans[WellKnownSlots.NullValue]) = default;
                break;
            case JsonTokenType.True or JsonTokenType.False:
                value.StoreNumber(plans[WellKnownSlots.BoolValue], json.TokenType == JsonTokenType.True ? 1 : 0);
                break;
            case JsonTokenType.Number:
                value.StoreNumber(plans[WellKnownSlots.NumberValue], BitConverter.DoubleToInt64Bits(ReadDouble()));
                break;
            case JsonTokenType.String:
                value.Store(plans[WellKnownSlots.StringValue], ReadText(FieldKind.String));
                break;
            case JsonTokenType.StartArray:
                ReadSingular(value, plans[WellKnownSlots.ListValue]);
                break;
            default:
                ReadSingular(value, plans[WellKnownSlots.StructValue]);
                break;
        }
    }

    private void ReadAny(DynamicMessage any)
    {
        RequireObject();
        if (FindTypeUrl(out var typeStart) is not { } typeUrl)
        {
            json.Read();
            if (json.TokenType != JsonTokenType.EndObject)
                throw Failure("an Any without \"@type\" must be empty");
            return;
        }

        var content = new DynamicMessage(AnyContent.FindType(typeUrl, options));
        if (content.Layout.WellKnown == WellKnownType.None)
            ReadMembers(content, typeStart);
        else
            ReadWellKnownContent(content, typeStart);
        var octets = content.ToByteArray();
        any.Set(any.Layout.Plans[WellKnownSlots.AnyTypeUrl].Schema, typeUrl);
        any.Store(any.Layout.Plans[WellKnownSlots.AnyValue], new FieldValue(octets, 0, octets.Length));
    }

    /// <summary>Looks ahead for the member `@type`, which mostly comes first but need not.</summary>
    private readonly string? FindTypeUrl(out long typeStart)
    {
        typeStart = NoType;
        var ahead = json;
        while (ahead.Read() && ahead.TokenType == JsonTokenType.PropertyName)
        {
            var start = ahead.TokenStartIndex;
            var isType = IsNamed(ahead, "@type"u8);
            ahead.Read();
            if (!isType)
            {
                ahead.Skip();
                continue;
            }

            if (ahead.TokenType != JsonTokenType.String)
                throw Failure($"expected a text as \"@type\", got {JsonTokenText.Describe(ahead)}");
            using var text = new JsonText(ahead);
            typeStart = start;
            return Encoding.UTF8.GetString(text.Span);
        }

        return null;
    }

    /// <summary>Reads the member `value` of an Any whose content has a JSON form of its own.</summary>
    private void ReadWellKnownContent(DynamicMessage content, long typeStart)
    {
        // An Empty has nothing that its value could say.
        var hasValue = content.Layout.WellKnown == WellKnownType.Empty;
        var wasRead = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (!IsNamed(json, "value"u8))
            {
                ReadUnknownMember(content.Schema, typeStart);
                continue;
            }

            if (wasRead)
                throw Failure("the member \"value\" of an Any stands twice");
            json.Read();
            ReadMessage(content);
            hasValue = true;
            wasRead = true;
        }

        if (!hasValue)
            throw Failure($"an Any with a '{content.Schema.FullName}' needs the member \"value\"");
    }
}
