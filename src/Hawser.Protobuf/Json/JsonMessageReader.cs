using System.Text.Json;

namespace Hawser.Protobuf;

/// <summary>Reads messages from JSON. Every method begins at the first token of its value and ends at the last.</summary>
internal ref partial struct JsonMessageReader
{
    private const long NoType = -1;

    private readonly ProtoJsonOptions options;
    private readonly int inputLength;
    private Utf8JsonReader json;
    private OctetArena arena;
    private int depthLeft;
    private FieldPath? path;

    private JsonMessageReader(ReadOnlySpan<byte> utf8, ProtoJsonOptions options)
    {
        this.options = options;
        inputLength = utf8.Length;
        // Messages are counted here; brackets there may be twice as many, because of arrays and maps, and some more, so that this count is the first to notice.
        json = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = (int)Math.Min(int.MaxValue, (2L * options.MaxDepth) + 8) });
        // The message at the top is not nested.
        depthLeft = options.MaxDepth + 1;
    }

    private readonly int StillToCome => inputLength - (int)json.BytesConsumed;

    internal static void Read(ReadOnlySpan<byte> utf8, DynamicMessage message, ProtoJsonOptions options)
    {
        var reader = new JsonMessageReader(utf8, options);
        try
        {
            reader.json.Read();
            reader.ReadMessage(message);
            // Refuses what stands behind the message.
            reader.json.Read();
        }
        catch (JsonException failure)
        {
            throw new ProtoJsonException($"this is not JSON: {failure.Message}", reader.path?.ToString() ?? "", failure);
        }
        catch (ProtoJsonException failure) when (reader.path is not null)
        {
            throw new ProtoJsonException(failure.Reason, reader.path.ToString(), failure);
        }
    }

    private void ReadMessage(DynamicMessage message)
    {
        if (--depthLeft < 0)
            throw Failure($"messages nest deeper than {options.MaxDepth} levels (ProtoJsonOptions.MaxDepth)");
        if (message.Layout.WellKnown == WellKnownType.None)
        {
            RequireObject();
            ReadMembers(message, NoType);
        }
        else
        {
            ReadWellKnown(message);
        }

        depthLeft++;
    }

    /// <summary>Reads the members of an object until its end.</summary>
    /// <param name="message">Takes them as fields.</param>
    /// <param name="typeStart">Where the member `@type` of an Any stands, which is passed over; <see cref="NoType"/> elsewhere.</param>
    private void ReadMembers(DynamicMessage message, long typeStart)
    {
        var layout = message.Layout;
        var seen = default(SlotSet);
        var expected = 0;
        FieldPlan? plan = null;
        try
        {
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                plan = FindField(layout, expected);
                if (plan is null)
                {
                    ReadUnknownMember(layout.Schema, typeStart);
                    continue;
                }

                expected = plan.Slot + 1;
                if (!seen.Add(plan.Slot))
                    throw Failure("the field stands twice");
                json.Read();
                ReadField(message, plan);
                plan = null;
            }
        }
        catch (Exception failure) when (failure is ProtoJsonException or JsonException && Enclose(plan))
        {
            throw;
        }
    }

    // Fields mostly come in the order of their numbers, and with their JSON names.
    private readonly FieldPlan? FindField(MessageLayout layout, int expected)
    {
        if (json.ValueIsEscaped)
        {
            using var unescaped = new JsonText(json);
            return layout.FindByJson(unescaped.Span);
        }

        var name = json.ValueSpan;
        if (expected < layout.Plans.Length && name.SequenceEqual(layout.Plans[expected].Schema.JsonNameUtf8))
            return layout.Plans[expected];
        return layout.FindByJson(name);
    }

    private void ReadUnknownMember(MessageSchema schema, long typeStart)
    {
        if (json.TokenStartIndex == typeStart)
            json.Skip();
        else if (typeStart != NoType && IsNamed(json, "@type"u8))
            throw Failure("the member \"@type\" of an Any stands twice");
        else if (options.IgnoreUnknownFields)
            json.Skip();
        else
            throw Failure($"'{schema.FullName}' has no field {Describe()}");
    }

    private void ReadField(DynamicMessage message, FieldPlan plan)
    {
        if (json.TokenType == JsonTokenType.Null && !TakesNull(plan))
            return;
        if (plan.Shape == FieldShape.Singular)
            ReadSingular(message, plan);
        else if (plan.Shape == FieldShape.Repeated)
            ReadRepeated(message, plan);
        else
            ReadMap(message, plan);
    }

    private void ReadSingular(DynamicMessage message, FieldPlan plan)
    {
        RequireNoSibling(message, plan);
        switch (plan.Kind)
        {
            case FieldKind.Message or FieldKind.Group:
                var child = new DynamicMessage(plan.Message);
                ReadMessage(child);
                message.Prepare(plan).Reference = child;
                break;
            case FieldKind.Enum:
                if (TryReadEnum(plan.Schema.EnumType!, out var number))
                    message.StoreNumber(plan, number);
                break;
            case FieldKind.String or FieldKind.Bytes:
                message.Store(plan, ReadText(plan.Kind));
                break;
            default:
                message.StoreNumber(plan, ReadNumber(plan.Kind));
                break;
        }
    }

    private static void RequireNoSibling(DynamicMessage message, FieldPlan plan)
    {
        foreach (var sibling in plan.Siblings)
        {
            if (message.IsPresent(sibling))
                throw Failure($"the oneof '{plan.Schema.Oneof!.Name}' has '{message.Layout.Plans[sibling].Schema.Name}' already");
        }
    }

    // null is a value of these two only; elsewhere it means that the field is absent.
    private static bool TakesNull(FieldPlan plan) => plan.Shape == FieldShape.Singular && IsNullable(plan);

    private static bool IsNullable(FieldPlan plan) => plan.Kind switch
    {
        FieldKind.Message => plan.Message.WellKnown == WellKnownType.Value,
        FieldKind.Enum => plan.Schema.EnumType!.WellKnownType == WellKnownType.NullValue,
        _ => false,
    };

    private static bool IsNamed(in Utf8JsonReader member, ReadOnlySpan<byte> name)
    {
        using var text = new JsonText(member);
        return text.Span.SequenceEqual(name);
    }

    private readonly void RequireObject()
    {
        if (json.TokenType != JsonTokenType.StartObject)
            throw Expected("an object");
    }

    private readonly void RequireText(string what)
    {
        if (json.TokenType != JsonTokenType.String)
            throw Expected(what);
    }

    private static ProtoJsonException Failure(string reason) => new(reason, "");

    private readonly ProtoJsonException Expected(string what) => Failure($"expected {what}, got {Describe()}");

    /// <summary>The current token as a reader would show it, cut when it is long.</summary>
    private readonly string Describe() => JsonTokenText.Describe(json);

    // Runs as an exception filter, from the innermost value outwards; never catches.
    private bool Enclose(FieldPlan? plan)
    {
        if (plan is not null)
            (path ??= new FieldPath()).Enclose(options.UseProtoNames ? plan.Schema.Name : plan.Schema.JsonName);
        return false;
    }

    private bool EncloseIndex(int index)
    {
        (path ??= new FieldPath()).EncloseIndex(index);
        return false;
    }

    private bool EncloseKey(string? keyText)
    {
        if (keyText is not null)
            (path ??= new FieldPath()).Enclose($"[{keyText}]");
        return false;
    }
}
