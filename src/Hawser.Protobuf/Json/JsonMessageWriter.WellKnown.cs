using System.Text;

namespace Hawser.Protobuf;

/// <content>The types that have a JSON form of their own.</content>
internal ref partial struct JsonMessageWriter
{
    private static readonly byte[] TypeMember = "\"@type\":"u8.ToArray();
    private static readonly byte[] ValueMember = "\"value\":"u8.ToArray();

    private void WriteWellKnown(DynamicMessage message)
    {
        switch (message.Layout.WellKnown)
        {
            case WellKnownType.Any:
                WriteAny(message);
                break;
            case WellKnownType.Timestamp:
                WriteTimestamp(message);
                break;
            case WellKnownType.Duration:
                WriteDuration(message);
                break;
            case WellKnownType.FieldMask:
                WriteFieldMask(message);
                break;
            case WellKnownType.Struct:
                json.BeginObject();
                if (message.IsPresent(WellKnownSlots.StructFields))
                    WriteEntries((MapStorage)message.Value(WellKnownSlots.StructFields).Reference!);
                json.EndObject();
                break;
            case WellKnownType.Value:
                WriteStructValue(message);
                break;
            case WellKnownType.ListValue:
                json.BeginArray();
                if (message.IsPresent(WellKnownSlots.ListValues))
                    WriteMessages(((MessageStorage)message.Value(WellKnownSlots.ListValues).Reference!).Items);
                json.EndArray();
                break;
            case WellKnownType.Empty:
                json.BeginObject();
                json.EndObject();
                break;
            default:
                var wrapped = message.Layout.Plans[WellKnownSlots.WrappedValue];
                WriteValue(wrapped, message.IsPresent(WellKnownSlots.WrappedValue) ? message.Value(WellKnownSlots.WrappedValue) : default);
                break;
        }
    }

    private void WriteTimestamp(DynamicMessage message)
    {
        Span<byte> text = stackalloc byte[TimestampText.MaxLength];
        long seconds = message.NumberAt(WellKnownSlots.Seconds), nanos = message.NumberAt(WellKnownSlots.Nanos);
        if (!TimestampText.TryFormat(seconds, nanos, text, out var length))
            throw Failure($"a timestamp of {seconds} seconds and {nanos} nanoseconds is outside of the years 1 to 9999");
        json.WriteText(text[..length]);
    }

    private void WriteDuration(DynamicMessage message)
    {
        Span<byte> text = stackalloc byte[DurationText.MaxLength];
        long seconds = message.NumberAt(WellKnownSlots.Seconds), nanos = message.NumberAt(WellKnownSlots.Nanos);
        if (!DurationText.TryFormat(seconds, nanos, text, out var length))
            throw Failure($"a duration of {seconds} seconds and {nanos} nanoseconds is beyond 10,000 years or has two signs");
        json.WriteText(text[..length]);
    }

    private void WriteFieldMask(DynamicMessage message)
    {
        var text = new StringBuilder();
        if (message.IsPresent(WellKnownSlots.MaskPaths))
        {
            foreach (ref readonly var item in ((SliceStorage)message.Value(WellKnownSlots.MaskPaths).Reference!).Items)
            {
                if (text.Length > 0)
                    text.Append(',');
                if (!FieldMaskText.TryAppendCamelCase(item.Text, text))
                    throw Failure($"the path '{item.Text}' of a field mask does not come back when it is turned into lowerCamelCase and back");
            }
        }

        json.WriteText(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private void WriteStructValue(DynamicMessage message)
    {
        switch (message.NextSlot(0))
        {
            case WellKnownSlots.NullValue:
                json.WriteNull();
                break;
            case WellKnownSlots.NumberValue:
                var number = message.Value(WellKnownSlots.NumberValue).AsDouble();
                if (!double.IsFinite(number))
                    throw Failure("a google.protobuf.Value cannot be NaN or infinite, because JSON could not tell it from a text");
                json.WriteNumber(number);
                break;
            case WellKnownSlots.StringValue:
                json.WriteText(message.Value(WellKnownSlots.StringValue).Octets, isValid: false);
                break;
            case WellKnownSlots.BoolValue:
                json.WriteBool(message.Value(WellKnownSlots.BoolValue).Bits != 0);
                break;
            case WellKnownSlots.StructValue:
                WriteMessage(message.Value(WellKnownSlots.StructValue).Message!);
                break;
            case WellKnownSlots.ListValue:
                WriteMessage(message.Value(WellKnownSlots.ListValue).Message!);
                break;
            default:
                throw Failure("a google.protobuf.Value holds nothing, not even null");
        }
    }

    private void WriteAny(DynamicMessage any)
    {
        var typeUrl = any.OctetsAt(WellKnownSlots.AnyTypeUrl);
        var value = any.OctetsAt(WellKnownSlots.AnyValue);
        json.BeginObject();
        if (typeUrl.IsEmpty)
        {
            if (!value.IsEmpty)
                throw Failure("an Any has a value but no type");
        }
        else
        {
            json.BeginMember(TypeMember);
            json.WriteText(typeUrl, isValid: false);
            WriteContent(AnyContent.Decode(typeUrl, value, options, depthLeft));
        }

        json.EndObject();
    }

    private void WriteContent(DynamicMessage content)
    {
        if (content.Layout.WellKnown != WellKnownType.None)
        {
            json.BeginMember(ValueMember);
            WriteMessage(content);
            return;
        }

        if (--depthLeft < 0)
            throw Failure($"messages nest deeper than {options.MaxDepth} levels (ProtoJsonOptions.MaxDepth)");
        WriteFields(content);
        depthLeft++;
    }
}
