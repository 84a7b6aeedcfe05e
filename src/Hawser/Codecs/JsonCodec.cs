using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Hawser;

/// <summary>JSON by System.Text.Json.</summary>
/// <remarks>Safe from any thread. What it refuses is a <see cref="FormatException"/> that names path, line and byte.</remarks>
public sealed class JsonCodec : Codec
{
    /// <summary>Web defaults: camel case, case-insensitive names, numbers may be quoted; any type, by reflection.</summary>
    public static readonly JsonCodec Default = new();

    /// <summary>Creates the codec with web defaults.</summary>
    public JsonCodec()
        : this(new JsonSerializerOptions(JsonSerializerDefaults.Web))
    {
    }

    /// <summary>Creates the codec with an application's settings.</summary>
    /// <param name="options">The settings; copied, so that later changes have no effect. Without a resolver the one by reflection is used.</param>
    public JsonCodec(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = new JsonSerializerOptions(options);
        Options.TypeInfoResolver ??= new DefaultJsonTypeInfoResolver();
        Options.MakeReadOnly();
    }

    /// <summary>Creates the codec with an application's <see cref="System.Text.Json.Serialization.JsonSerializerContext"/> or another resolver.</summary>
    /// <param name="resolver">Knows the types; a type that it does not know cannot be a message.</param>
    public JsonCodec(IJsonTypeInfoResolver resolver)
        : this(OptionsOf(resolver))
    {
    }

    /// <inheritdoc/>
    public override string Name => "json";

    internal JsonSerializerOptions Options { get; }

    /// <inheritdoc/>
    public override MessageCodec<T> For<T>()
    {
        try
        {
            return new JsonMessageCodec<T>(this, (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T)));
        }
        catch (Exception failure) when (failure is InvalidOperationException or ArgumentException)
        {
            throw new NotSupportedException($"JSON cannot carry '{typeof(T)}': {failure.Message}", failure);
        }
    }

    private static JsonSerializerOptions OptionsOf(IJsonTypeInfoResolver resolver)
    {
        ArgumentNullException.ThrowIfNull(resolver);
        // A context carries the options that its author chose with attributes; a plain resolver has none.
        return resolver is System.Text.Json.Serialization.JsonSerializerContext context
            ? context.Options
            : new JsonSerializerOptions(JsonSerializerDefaults.Web) { TypeInfoResolver = resolver };
    }
}
