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

    // The other way round does not hold: Google's takes text that is not UTF-8, tags of more than 32 bits, wire types that do not exist, and some lengths beyond the end.
    [Fact]
    public void Damaged_bytes_that_are_read_are_read_by_Google_as_the_same_message() => Seeds.Check(3000, seed =>
    {
        var random = new Random(seed);
        var bytes = Damage.Apply(random, new RandomMessages(random).Make(TestSchemas.Everything).ToByteArray());
        DynamicMessage message;
        try
        {
            message = DynamicMessage.Parse(TestSchemas.Everything, bytes);
        }
        catch (ProtobufFormatException)
        {
            return;
        }

        Assert.Equal(Protos.Everything.Parser.ParseFrom(bytes), Protos.Everything.Parser.ParseFrom(message.ToByteArray()));
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
