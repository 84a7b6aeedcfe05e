using System.Diagnostics;

namespace Hawser.Protobuf;

/// <summary>A protobuf message whose type is known only at run time, by its <see cref="MessageSchema"/>.</summary>
/// <remarks>
/// <para>
/// Values are held as they are on the wire: numbers unboxed, text as UTF-8. The .NET type of a value is that of generated code, except that an enum is its number
/// (<see cref="int"/>) and bytes are <see cref="ReadOnlyMemory{T}"/>. A text can also be had as <c>ReadOnlyMemory&lt;byte&gt;</c>, its UTF-8, without a string being made.
/// </para>
/// <para>Any number of threads may read a message that nobody changes; changing one is for one thread alone.</para>
/// <para>
/// A message that contains itself can be neither written, measured, copied, compared nor hashed: an <see cref="InvalidOperationException"/> says so, as it does of messages that nest
/// deeper than the stack allows, thousands of levels.
/// </para>
/// </remarks>
[DebuggerDisplay("{Schema.FullName}")]
public sealed partial class DynamicMessage : IEquatable<DynamicMessage>
{
    /// <summary>Creates an empty message.</summary>
    /// <param name="schema">Its type.</param>
    public DynamicMessage(MessageSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        layout = MessageLayout.Of(schema);
    }

    internal DynamicMessage(MessageLayout layout) => this.layout = layout;

    /// <summary>The type of the message.</summary>
    public MessageSchema Schema => layout.Schema;

    /// <summary>The fields that the schema does not know, tags included, in the order and with the bytes in which they came. Written after the known fields.</summary>
    public ReadOnlyMemory<byte> UnknownFields => extras?.Unknown.Memory ?? default;

    /// <summary>Whether the message has no field at all, unknown ones included.</summary>
    public bool IsEmpty => NextSlot(0) < 0 && UnknownFields.IsEmpty;

    /// <summary>A field by name; see <see cref="Get(FieldSchema)"/> and <see cref="Set(FieldSchema, object)"/>. Setting null clears.</summary>
    /// <param name="name">The field's name in the file; an extension's full name in brackets.</param>
    /// <exception cref="ArgumentException">There is no such field, or the value is of another type.</exception>
    public object? this[string name]
    {
        get => Get(Field(name));
        set
        {
            if (value is null)
                Clear(Field(name));
            else
                Set(Field(name), value);
        }
    }

    /// <summary>Whether a field is present: set, if it has presence; not zero, if it has none; not empty, if it is repeated or a map.</summary>
    /// <param name="field">A field of this message, or an extension of it.</param>
    /// <returns>Whether it is present.</returns>
    /// <exception cref="ArgumentException">The field is another message's.</exception>
    public bool Has(FieldSchema field)
    {
        var plan = PlanOf(field);
        return TryFind(plan, out var value) && (plan.Shape == FieldShape.Singular || CountOf(value) > 0);
    }

    /// <inheritdoc cref="Has(FieldSchema)"/>
    /// <param name="name">The field's name in the file; an extension's full name in brackets.</param>
    public bool Has(string name) => Has(Field(name));

    /// <summary>The value of a field as an object.</summary>
    /// <param name="field">A field of this message, or an extension of it.</param>
    /// <returns>
    /// The value; the default when it is absent, which for a message is null. A repeated field is a <see cref="DynamicList{T}"/>, a map a
    /// <see cref="DynamicMap{TKey, TValue}"/>, both live and never null.
    /// </returns>
    /// <exception cref="ArgumentException">The field is another message's.</exception>
    public object? Get(FieldSchema field)
    {
        var plan = PlanOf(field);
        return plan.Shape switch
        {
            FieldShape.Repeated => RepeatedView.Of(this, plan),
            FieldShape.Map => MapView.Of(this, plan),
            _ when TryFind(plan, out var value) => FieldConversion.ToObject(plan, value),
            _ => plan.IsMessage ? null : FieldConversion.ToObject(plan, plan.Default),
        };
    }

    /// <inheritdoc cref="Get(FieldSchema)"/>
    /// <param name="name">The field's name in the file; an extension's full name in brackets.</param>
    public object? Get(string name) => Get(Field(name));

    /// <summary>The value of a singular field, without boxing.</summary>
    /// <typeparam name="T">The .NET type of the field's kind; see the remarks of <see cref="DynamicMessage"/>.</typeparam>
    /// <param name="field">A field of this message, or an extension of it.</param>
    /// <returns>The value; the default when it is absent, which for a message is null.</returns>
    /// <exception cref="ArgumentException">The field is another message's, is not singular, or holds another type.</exception>
    public T Get<T>(FieldSchema field)
    {
        var plan = SingularPlan<T>(field);
        return FieldConversion.To<T>(TryFind(plan, out var value) ? value : plan.Default);
    }

    /// <inheritdoc cref="Get{T}(FieldSchema)"/>
    /// <param name="name">The field's name in the file; an extension's full name in brackets.</param>
    public T Get<T>(string name) => Get<T>(Field(name));

    /// <summary>Sets a field. Setting a member of a oneof clears the others; setting a field without presence to zero makes it absent.</summary>
    /// <param name="field">A field of this message, or an extension of it.</param>
    /// <param name="value">
    /// The value, of the type that <see cref="Get(FieldSchema)"/> answers. Bytes may also be a <c>byte[]</c>, an enum the name of its value; a repeated field takes any
    /// <see cref="System.Collections.IEnumerable"/> of values, a map any <see cref="System.Collections.IDictionary"/> or <see cref="DynamicMap{TKey, TValue}"/>. Bytes are copied; messages are not.
    /// </param>
    /// <exception cref="ArgumentException">The field is another message's, or the value is of another type.</exception>
    public void Set(FieldSchema field, object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var plan = PlanOf(field);
        switch (plan.Shape)
        {
            case FieldShape.Repeated:
                RepeatedView.Set(this, plan, value);
                break;
            case FieldShape.Map:
                MapView.Set(this, plan, value);
                break;
            default:
                Store(plan, FieldConversion.FromObject(plan, value));
                break;
        }
    }

    /// <inheritdoc cref="Set(FieldSchema, object)"/>
    /// <param name="name">The field's name in the file; an extension's full name in brackets.</param>
    /// <param name="value">The value.</param>
    public void Set(string name, object value) => Set(Field(name), value);

    /// <summary>Sets a field, without boxing when it is singular; see <see cref="Set(FieldSchema, object)"/>.</summary>
    /// <typeparam name="T">The .NET type of the field's kind; see the remarks of <see cref="DynamicMessage"/>.</typeparam>
    /// <param name="field">A field of this message, or an extension of it.</param>
    /// <param name="value">The value. Bytes are copied; messages are not.</param>
    /// <exception cref="ArgumentException">The field is another message's, or holds another type.</exception>
    public void Set<T>(FieldSchema field, T value)
        where T : notnull
    {
        var plan = PlanOf(field);
        if (plan.Shape == FieldShape.Singular && FieldConversion.IsTypeOf<T>(plan))
            Store(plan, FieldConversion.From(plan, value));
        else
            Set(field, (object)value);
    }

    /// <inheritdoc cref="Set{T}(FieldSchema, T)"/>
    /// <param name="name">The field's name in the file; an extension's full name in brackets.</param>
    /// <param name="value">The value.</param>
    public void Set<T>(string name, T value)
        where T : notnull => Set(Field(name), value);

    /// <summary>The message in a singular field, made and set when it is absent.</summary>
    /// <param name="field">A field of this message that holds messages, or such an extension of it.</param>
    /// <returns>The message that the field holds.</returns>
    /// <exception cref="ArgumentException">The field is another message's, or does not hold one message.</exception>
    public DynamicMessage GetOrCreate(FieldSchema field)
    {
        var plan = SingularPlan<DynamicMessage>(field);
        ref var value = ref Prepare(plan);
        if (value.Reference is null)
            value.Reference = new DynamicMessage(plan.Message);
        return value.Message!;
    }

    /// <inheritdoc cref="GetOrCreate(FieldSchema)"/>
    /// <param name="name">The field's name in the file; an extension's full name in brackets.</param>
    public DynamicMessage GetOrCreate(string name) => GetOrCreate(Field(name));

    /// <summary>The values of a repeated field, live: what is added to them is added to the message.</summary>
    /// <typeparam name="T">The .NET type of one value; see the remarks of <see cref="DynamicMessage"/>.</typeparam>
    /// <param name="field">A repeated field of this message, or such an extension of it.</param>
    /// <returns>The values.</returns>
    /// <exception cref="ArgumentException">The field is another message's, is not repeated, or holds another type.</exception>
    public DynamicList<T> GetList<T>(FieldSchema field)
    {
        var plan = PlanOf(field);
        if (plan.Shape != FieldShape.Repeated)
            throw new ArgumentException($"The field '{field.FullName}' is not repeated.", nameof(field));
        FieldConversion.RequireType<T>(plan);
        return new DynamicList<T>(this, plan);
    }

    /// <inheritdoc cref="GetList{T}(FieldSchema)"/>
    /// <param name="name">The field's name in the file; an extension's full name in brackets.</param>
    public DynamicList<T> GetList<T>(string name) => GetList<T>(Field(name));

    /// <summary>The entries of a map, live: what is added to them is added to the message.</summary>
    /// <typeparam name="TKey">The .NET type of the keys.</typeparam>
    /// <typeparam name="TValue">The .NET type of the values.</typeparam>
    /// <param name="field">A map of this message.</param>
    /// <returns>The entries.</returns>
    /// <exception cref="ArgumentException">The field is another message's, is not a map, or holds other types.</exception>
    public DynamicMap<TKey, TValue> GetMap<TKey, TValue>(FieldSchema field)
        where TKey : notnull
    {
        var plan = PlanOf(field);
        if (plan.Shape != FieldShape.Map)
            throw new ArgumentException($"The field '{field.FullName}' is not a map.", nameof(field));
        FieldConversion.RequireType<TKey>(plan.MapKey);
        FieldConversion.RequireType<TValue>(plan.MapValue);
        return new DynamicMap<TKey, TValue>(this, plan);
    }

    /// <inheritdoc cref="GetMap{TKey, TValue}(FieldSchema)"/>
    /// <param name="name">The field's name in the file; an extension's full name in brackets.</param>
    public DynamicMap<TKey, TValue> GetMap<TKey, TValue>(string name)
        where TKey : notnull => GetMap<TKey, TValue>(Field(name));

    /// <summary>The member of a oneof that is set.</summary>
    /// <param name="oneof">A oneof of this message.</param>
    /// <returns>The field; null when none is set.</returns>
    public FieldSchema? GetCase(OneofSchema oneof)
    {
        ArgumentNullException.ThrowIfNull(oneof);
        foreach (var field in oneof.Fields)
        {
            if (Has(field))
                return field;
        }

        return null;
    }

    /// <summary>Makes a field absent.</summary>
    /// <param name="field">A field of this message, or an extension of it.</param>
    /// <exception cref="ArgumentException">The field is another message's.</exception>
    public void Clear(FieldSchema field)
    {
        Remove(PlanOf(field).Slot);
    }

    /// <inheritdoc cref="Clear(FieldSchema)"/>
    /// <param name="name">The field's name in the file; an extension's full name in brackets.</param>
    public void Clear(string name) => Clear(Field(name));

    /// <summary>Makes every field absent, extensions and unknown fields too.</summary>
    public void Clear()
    {
        values = [];
        presence = 0;
        extras = null;
    }

    /// <summary>Drops the unknown fields of this message; those of messages within it stay.</summary>
    public void ClearUnknownFields() => extras?.Unknown.Clear();

    /// <summary>A copy that shares nothing that can change.</summary>
    /// <returns>The copy.</returns>
    public DynamicMessage Clone()
    {
        var copy = new DynamicMessage(layout);
        MessageMerge.Merge(this, copy);
        return copy;
    }

    /// <summary>
    /// Adds another message's fields to this one's, as if its bytes were decoded behind this one's: a present singular field replaces, a message merges, repeated
    /// fields are appended, map entries replace those of the same key.
    /// </summary>
    /// <param name="other">A message of the same type; shares nothing that can change with this one afterwards.</param>
    /// <exception cref="ArgumentException">The other is of another type, or this one itself.</exception>
    public void MergeFrom(DynamicMessage other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!ReferenceEquals(other.layout, layout) || ReferenceEquals(other, this))
            throw new ArgumentException($"A '{Schema.FullName}' merges another '{Schema.FullName}', not {(ReferenceEquals(other, this) ? "itself" : $"a '{other.Schema.FullName}'")}.", nameof(other));
        MessageMerge.Merge(other, this);
    }

    /// <summary>The required fields that are absent, here and in messages within.</summary>
    /// <returns>Their paths, for instance <c>items[3].price</c>; empty when the message is complete.</returns>
    public IReadOnlyList<string> FindMissing() => RequiredFields.FindMissing(this);

    /// <summary>Whether both are of the same type and have the same fields with the same values, unknown ones included. Numbers are compared bit by bit.</summary>
    /// <param name="other">The other message.</param>
    /// <returns>Whether they are equal.</returns>
    public bool Equals(DynamicMessage? other) => MessageEquality.AreEqual(this, other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DynamicMessage);

    /// <summary>A hash of the values; changes when the message does.</summary>
    /// <returns>The hash.</returns>
    public override int GetHashCode() => MessageEquality.HashOf(this);

    /// <summary>The message as JSON, for logs and debuggers; the name of its type when it has no JSON form.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        try
        {
            return ProtoJson.ToText(this);
        }
        catch (ProtoJsonException)
        {
            return Schema.FullName;
        }
    }
}
