using Hawser.Protobuf;

namespace Hawser.Node.Quickstart;

/// <summary>The protobuf contract of the quickstart service: <c>samples/quickstart/quickstart.proto</c>, compiled.</summary>
internal static class QuickstartContract
{
    private const string Resource = "quickstart.pb";

    /// <summary>Links the contract.</summary>
    public static ProtoSchema Load()
    {
        using var stream = typeof(QuickstartContract).Assembly.GetManifestResourceStream(Resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return ProtoSchema.FromDescriptorSet(bytes);
    }
}
