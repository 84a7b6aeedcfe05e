using Google.Protobuf;

namespace Hawser.Protobuf;

/// <summary>Protobuf for generated messages (<see cref="IMessage"/>), and another codec, JSON unless chosen otherwise, for every other type.</summary>
/// <remarks>Safe from any thread. What it refuses is a <see cref="FormatException"/> that names the message.</remarks>
public sealed class ProtobufCodec : Codec
{
    /// <summary>Protobuf for generated messages, JSON with web defaults for every other type.</summary>
    public static readonly ProtobufCodec Default = new(JsonCodec.Default);

    private const string ProtobufName = "proto";

    private readonly Codec? other;

    /// <summary>Creates the codec.</summary>
    /// <param name="other">The codec of types that are no protobuf messages; without one they cannot be messages.</param>
    public ProtobufCodec(Codec? other) => this.other = other;

    /// <summary><c>proto</c>: what calls of raw bytes say as well; methods with other types say the other codec's name.</summary>
    public override string Name => ProtobufName;

    /// <summary>The name of the codec of one type.</summary>
    /// <param name="type">The type of the messages.</param>
    /// <returns><c>proto</c> for protobuf messages, the other codec's name for others.</returns>
    public override string NameFor(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return other is null || IsProtobuf(type) ? ProtobufName : other.NameFor(type);
    }

    /// <inheritdoc/>
    public override MessageCodec<T> For<T>()
    {
        if (!IsProtobuf(typeof(T)))
        {
            return other is null
                ? throw new NotSupportedException($"'{typeof(T)}' is no protobuf message, and this codec has no other one for it. Use a generated message, or give {nameof(ProtobufCodec)} another codec.")
                : other.For<T>();
        }

        if (!IsGenerated(typeof(T)))
            throw new NotSupportedException($"'{typeof(T)}' is a protobuf message whose type does not say which; use the generated class.");
        return (MessageCodec<T>)Activator.CreateInstance(typeof(ProtobufMessageCodec<>).MakeGenericType(typeof(T)))!;
    }

    private static bool IsGenerated(Type type) =>
        type is { IsClass: true, IsAbstract: false } && type.GetConstructor(Type.EmptyTypes) is not null
        && Array.Exists(type.GetInterfaces(), face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IMessage<>) && face.GenericTypeArguments[0] == type);

    private static bool IsProtobuf(Type type) => typeof(IMessage).IsAssignableFrom(type);
}
