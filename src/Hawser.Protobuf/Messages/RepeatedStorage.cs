namespace Hawser.Protobuf;

/// <summary>The values of a repeated field.</summary>
internal abstract class RepeatedStorage
{
    internal int Count { get; private protected set; }

    internal static RepeatedStorage For(FieldKind kind) => kind switch
    {
        FieldKind.Double => new NumberStorage<double>(),
        FieldKind.Float => new NumberStorage<float>(),
        FieldKind.Int64 or FieldKind.SFixed64 or FieldKind.SInt64 => new NumberStorage<long>(),
        FieldKind.UInt64 or FieldKind.Fixed64 => new NumberStorage<ulong>(),
        FieldKind.Int32 or FieldKind.SFixed32 or FieldKind.SInt32 or FieldKind.Enum => new NumberStorage<int>(),
        FieldKind.UInt32 or FieldKind.Fixed32 => new NumberStorage<uint>(),
        FieldKind.Bool => new NumberStorage<bool>(),
        FieldKind.String or FieldKind.Bytes => new SliceStorage(),
        _ => new MessageStorage(),
    };

    internal abstract FieldValue Get(int index);

    internal abstract void Set(int index, in FieldValue value);

    internal abstract void Insert(int index, in FieldValue value);

    internal abstract void RemoveAt(int index);

    /// <summary>Makes sure that so many more values find room without growing again.</summary>
    internal abstract void Reserve(int more);

    internal abstract void Clear();

    /// <summary>Appends copies of another's values, which are of the same kind.</summary>
    internal abstract void Append(RepeatedStorage other);

    internal abstract bool IsEqualTo(RepeatedStorage other);

    internal abstract void AddTo(ref HashCode hash);
}
