using System.Collections;

namespace Hawser.Protobuf;

/// <summary>Repeated fields as objects.</summary>
internal static class RepeatedView
{
    internal static object Of(DynamicMessage message, FieldPlan plan) => plan.Kind switch
    {
        FieldKind.Double => new DynamicList<double>(message, plan),
        FieldKind.Float => new DynamicList<float>(message, plan),
        FieldKind.Int64 or FieldKind.SFixed64 or FieldKind.SInt64 => new DynamicList<long>(message, plan),
        FieldKind.UInt64 or FieldKind.Fixed64 => new DynamicList<ulong>(message, plan),
        FieldKind.Int32 or FieldKind.SFixed32 or FieldKind.SInt32 or FieldKind.Enum => new DynamicList<int>(message, plan),
        FieldKind.UInt32 or FieldKind.Fixed32 => new DynamicList<uint>(message, plan),
        FieldKind.Bool => new DynamicList<bool>(message, plan),
        FieldKind.String => new DynamicList<string>(message, plan),
        FieldKind.Bytes => new DynamicList<ReadOnlyMemory<byte>>(message, plan),
        _ => new DynamicList<DynamicMessage>(message, plan),
    };

    internal static void Set(DynamicMessage message, FieldPlan plan, object values)
    {
        if (values is not IEnumerable items || values is string)
            throw new ArgumentException($"The repeated field '{plan.Schema.FullName}' takes an enumerable of {plan.ValueType.Name}, not {values.GetType().Name}.", nameof(values));
        // Made apart, because the values may be a view of the field that is being set.
        var storage = RepeatedStorage.For(plan.Kind);
        foreach (var item in items)
        {
            storage.Insert(storage.Count, FieldConversion.FromObject(plan, item
                ?? throw new ArgumentException($"The repeated field '{plan.Schema.FullName}' cannot hold null.", nameof(values))));
        }

        message.Prepare(plan) = new FieldValue(storage);
    }
}
