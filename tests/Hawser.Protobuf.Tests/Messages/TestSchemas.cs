using Google.Protobuf;
using Hawser.Protobuf.Tests.Protos.Old;

namespace Hawser.Protobuf.Tests;

/// <summary>The schemas of the test messages, from the descriptors that Google's generated code carries.</summary>
internal static class TestSchemas
{
    internal static readonly ProtoSchema All = ProtoSchema.FromGenerated(Protos.Proto3Reflection.Descriptor, Proto2Reflection.Descriptor);

    internal static readonly MessageSchema Everything = All.FindMessage("hawser.tests.Everything")!;

    internal static readonly MessageSchema Legacy = All.FindMessage("hawser.tests.old.Legacy")!;

    internal static readonly ProtoJsonOptions Json = new() { Types = All };

    internal static DynamicMessage ToDynamic(this IMessage message) =>
        DynamicMessage.Parse(All.FindMessage(message.Descriptor.FullName)!, message.ToByteArray());
}
