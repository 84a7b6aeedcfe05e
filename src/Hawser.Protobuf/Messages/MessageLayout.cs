namespace Hawser.Protobuf;

/// <summary>
/// What encoding, decoding and printing need of a message type, worked out once: a slot for each field and each known extension, in the order of their
/// numbers, which is the order in which fields are written.
/// </summary>
internal sealed class MessageLayout
{
    // Numbers up to this are found in an array; nearly every message has no others.
    private const int DenseNumbers = 256;

    // Up to so many slots every message has a place for each.
    private const int MostDenseSlots = 16;

    private readonly FieldPlan?[] byNumber;
    private readonly Dictionary<int, FieldPlan>? byLargeNumber;

    private MessageLayout(MessageSchema schema)
    {
        Schema = schema;
        var fields = schema.Fields.Concat(schema.Extensions).OrderBy(field => field.Number).ToArray();
        Plans = new FieldPlan[fields.Length];
        IsDense = fields.Length <= MostDenseSlots;
        var largestDense = 0;
        for (var slot = 0; slot < fields.Length; slot++)
        {
            var plan = new FieldPlan(fields[slot], slot);
            Plans[slot] = plan;
            if (fields[slot].Number < DenseNumbers)
                largestDense = fields[slot].Number;
            else
                (byLargeNumber ??= []).Add(fields[slot].Number, plan);
        }

        byNumber = new FieldPlan?[largestDense + 1];
        foreach (var plan in Plans)
        {
            if (plan.Schema.Number < DenseNumbers)
                byNumber[plan.Schema.Number] = plan;
        }

        foreach (var oneof in schema.Oneofs)
        {
            var slots = oneof.Fields.Select(field => Find(field.Number)!.Slot).ToArray();
            if (slots.Length < 2)
                continue;
            foreach (var slot in slots)
                Plans[slot].Siblings = slots.Where(other => other != slot).ToArray();
        }

        WellKnown = schema.WellKnownType;
    }

    internal MessageSchema Schema { get; }

    internal WellKnownType WellKnown { get; }

    /// <summary>
    /// Whether messages have a place for every slot. Messages of types with many fields have places for those that are present only: otherwise a message of one byte
    /// would take memory for all of them.
    /// </summary>
    internal bool IsDense { get; }

    /// <summary>The fields by slot, that is by number.</summary>
    internal FieldPlan[] Plans { get; }

    internal static MessageLayout Of(MessageSchema schema) => schema.Layout ?? Create(schema);

    // Whoever comes first makes it for all: messages of one type have one layout.
    private static MessageLayout Create(MessageSchema schema)
    {
        schema.SetLayout(new MessageLayout(schema));
        return schema.Layout!;
    }

    internal FieldPlan? Find(int number)
    {
        var dense = byNumber;
        if ((uint)number < (uint)dense.Length)
            return dense[number];
        return byLargeNumber is not null && byLargeNumber.TryGetValue(number, out var plan) ? plan : null;
    }

    /// <summary>Finds a field by its JSON name or its name in the file, an extension by its full name in brackets.</summary>
    internal FieldPlan? FindByJson(ReadOnlySpan<byte> utf8)
    {
        if (Schema.FindFieldByJson(utf8) is { } field)
            return Find(field.Number);
        if (utf8.IsEmpty || utf8[0] != '[')
            return null;
        foreach (var extension in Schema.Extensions)
        {
            if (utf8.SequenceEqual(extension.JsonNameUtf8))
                return Find(extension.Number);
        }

        return null;
    }

    /// <summary>The plan of a field or an extension of this message; null when the field is another message's.</summary>
    internal FieldPlan? PlanOf(FieldSchema field) => Find(field.Number) is { } plan && ReferenceEquals(plan.Schema, field) ? plan : null;
}
