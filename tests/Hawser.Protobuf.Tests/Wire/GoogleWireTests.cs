using Google.Protobuf;

namespace Hawser.Protobuf.Tests;

/// <summary>Random messages against Google's generated ones.</summary>
public sealed class GoogleWireTests
{
    private static readonly ExtensionRegistry Extensions = [.. ExtensionsOf()];

    [Fact]
    public void Googles_message_of_the_same_bytes_has_the_same_bytes() => Seeds.Check(500, seed =>
    {
        var schema = seed % 3 == 0 ? TestSchemas.Legacy : TestSchemas.Everything;
        var message = new RandomMessages(new Random(seed)).Make(schema);
        IMessage google = seed % 3 == 0
            ? Protos.Old.Legacy.Parser.WithExtensionRegistry(Extensions).ParseFrom(message.ToByteArray())
            : Protos.Everything.Parser.ParseFrom(message.ToByteArray());
        // Google's leaves zeros out of the entries of maps, so the bytes may differ while the meaning does not.
        var bytes = google.ToByteArray();
        Assert.Equal(message, DynamicMessage.Parse(schema, bytes));
        if (!HasMaps(message))
            Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(message.ToByteArray()));
    });

    private static bool HasMaps(DynamicMessage message) => message.Schema.Fields.Concat(message.Schema.Extensions).Where(message.Has).Any(field => field.IsMap || message.Get(field) switch
    {
        DynamicMessage inner => HasMaps(inner),
        IEnumerable<DynamicMessage> list => list.Any(HasMaps),
        _ => false,
    });

    private static IEnumerable<Extension> ExtensionsOf() =>
    [
        Protos.Old.Proto2Extensions.ExtNumber, Protos.Old.Proto2Extensions.ExtTexts, Protos.Old.Proto2Extensions.ExtMessage,
        Protos.Old.Proto2Extensions.ExtPacked, Protos.Old.Proto2Extensions.ExtGroup, Protos.Old.Scope.Extensions.ScopedShade,
    ];
}
