using System.Runtime.InteropServices;

namespace Hawser.Protobuf;

/// <summary>Writes messages as bytes, from the last field to the first: fields in the order of their numbers, unknown fields behind them.</summary>
internal ref struct WireEncoder(ProtobufWriteOptions options) : IDisposable
{
    private const int FirstCapacity = 512;

    private readonly bool deterministic = options.Deterministic;
    private ReverseBuffer output = new(FirstCapacity);

    internal readonly ReadOnlySpan<byte> Written => output.Written;

    public readonly void Dispose() => output.Dispose();

    internal void Write(DynamicMessage message)
    {
        NestingLimit.Check(message);
        if (message.HasUnknownFields)
            output.WriteOctets(message.UnknownFields.Span);
        var plans = message.Layout.Plans;
        for (var slot = message.PreviousSlot(plans.Length); slot >= 0; slot = message.PreviousSlot(slot))
        {
            var plan = plans[slot];
            if (plan.Shape == FieldShape.Singular)
                WriteElement(plan, message.Value(slot));
            else if (plan.Shape == FieldShape.Repeated)
                WriteRepeated(plan, (RepeatedStorage)message.Value(slot).Reference!);
            else
                WriteMap(plan, (MapStorage)message.Value(slot).Reference!);
        }
    }

    /// <summary>Writes one value with its tag.</summary>
    private void WriteElement(FieldPlan plan, in FieldValue value)
    {
        switch (plan.Kind)
        {
            case FieldKind.Message or FieldKind.Group:
                WriteMessage(plan, value.Message!);
                return;
            case FieldKind.String or FieldKind.Bytes:
                output.WriteOctets(value.Octets);
                output.WriteVarint((uint)value.Length);
                break;
            case FieldKind.Double or FieldKind.Fixed64 or FieldKind.SFixed64:
                output.WriteFixed64((ulong)value.Bits);
                break;
            case FieldKind.Float or FieldKind.Fixed32 or FieldKind.SFixed32:
                output.WriteFixed32((uint)value.Bits);
                break;
            default:
                output.WriteVarint(WireFormat.ToVarint(plan.Kind, value.Bits));
                break;
        }

        output.WriteVarint(plan.ElementTag);
    }

    private void WriteMessage(FieldPlan plan, DynamicMessage message)
    {
        if (plan.Kind == FieldKind.Group)
        {
            output.WriteVarint(WireTypes.Tag(plan.Schema.Number, WireTypes.EndGroup));
            Write(message);
        }
        else
        {
            var before = output.Length;
            Write(message);
            output.WriteVarint((uint)(output.Length - before));
        }

        output.WriteVarint(plan.ElementTag);
    }

    private void WriteRepeated(FieldPlan plan, RepeatedStorage values)
    {
        if (plan.IsPacked)
        {
            WritePacked(plan, values);
            return;
        }

        switch (values)
        {
            case MessageStorage messages:
                for (var i = messages.Count - 1; i >= 0; i--)
                    WriteMessage(plan, messages.Items[i]);
                break;
            case SliceStorage slices:
                for (var i = slices.Count - 1; i >= 0; i--)
                    WriteElement(plan, slices.Items[i]);
                break;
            default:
                for (var i = values.Count - 1; i >= 0; i--)
                    WriteElement(plan, values.Get(i));
                break;
        }
    }

    private void WritePacked(FieldPlan plan, RepeatedStorage values)
    {
        if (values.Count == 0)
            return;
        var before = output.Length;
        switch (values)
        {
            case NumberStorage<double> numbers:
                WriteFixed(numbers.Items, sizeof(double));
                break;
            case NumberStorage<float> numbers:
                WriteFixed(numbers.Items, sizeof(float));
                break;
            case NumberStorage<bool> numbers:
                WriteBools(numbers.Items);
                break;
            case NumberStorage<int> numbers when plan.Kind == FieldKind.SFixed32:
                WriteFixed(numbers.Items, sizeof(int));
                break;
            case NumberStorage<int> numbers when plan.Kind == FieldKind.SInt32:
                for (var i = numbers.Count - 1; i >= 0; i--)
                    output.WriteVarint(WireFormat.ZigZag(numbers.Items[i]));
                break;
            case NumberStorage<int> numbers:
                for (var i = numbers.Count - 1; i >= 0; i--)
                    output.WriteVarint((ulong)(long)numbers.Items[i]);
                break;
            case NumberStorage<uint> numbers when plan.Kind == FieldKind.Fixed32:
                WriteFixed(numbers.Items, sizeof(uint));
                break;
            case NumberStorage<uint> numbers:
                for (var i = numbers.Count - 1; i >= 0; i--)
                    output.WriteVarint(numbers.Items[i]);
                break;
            case NumberStorage<long> numbers when plan.Kind == FieldKind.SFixed64:
                WriteFixed(numbers.Items, sizeof(long));
                break;
            case NumberStorage<long> numbers when plan.Kind == FieldKind.SInt64:
                for (var i = numbers.Count - 1; i >= 0; i--)
                    output.WriteVarint(WireFormat.ZigZag(numbers.Items[i]));
                break;
            case NumberStorage<long> numbers:
                for (var i = numbers.Count - 1; i >= 0; i--)
                    output.WriteVarint((ulong)numbers.Items[i]);
                break;
            case NumberStorage<ulong> numbers when plan.Kind == FieldKind.Fixed64:
                WriteFixed(numbers.Items, sizeof(ulong));
                break;
            case NumberStorage<ulong> numbers:
                for (var i = numbers.Count - 1; i >= 0; i--)
                    output.WriteVarint(numbers.Items[i]);
                break;
        }

        output.WriteVarint((uint)(output.Length - before));
        output.WriteVarint(plan.PackedTag);
    }

    private void WriteFixed<T>(ReadOnlySpan<T> numbers, int size)
        where T : unmanaged
    {
        var octets = MemoryMarshal.AsBytes(numbers);
        var target = output.Prepend(octets.Length);
        octets.CopyTo(target);
        if (!BitConverter.IsLittleEndian)
            LittleEndian.Convert(target, size);
    }

    private void WriteBools(ReadOnlySpan<bool> values)
    {
        var target = output.Prepend(values.Length);
        for (var i = 0; i < values.Length; i++)
            target[i] = values[i] ? (byte)1 : (byte)0;
    }

    private void WriteMap(FieldPlan plan, MapStorage map)
    {
        if (deterministic)
        {
            var positions = map.SortedPositions();
            for (var i = positions.Length - 1; i >= 0; i--)
                WriteMapEntry(plan, map.Entries[positions[i]]);
        }
        else
        {
            for (var i = map.Count - 1; i >= 0; i--)
                WriteMapEntry(plan, map.Entries[i]);
        }
    }

    // Key and value are written even when they are zero, as protobuf's own C++ implementation does.
    private void WriteMapEntry(FieldPlan plan, in MapStorage.Entry entry)
    {
        var before = output.Length;
        WriteElement(plan.MapValue, entry.Value);
        WriteElement(plan.MapKey, entry.Key);
        output.WriteVarint((uint)(output.Length - before));
        output.WriteVarint(plan.ElementTag);
    }
}
