namespace Hawser.Protobuf.Tests.Schemas;

public sealed class WellKnownTypeTests
{
    [Theory]
    [InlineData("google.protobuf.Any", WellKnownType.Any)]
    [InlineData("google.protobuf.Timestamp", WellKnownType.Timestamp)]
    [InlineData("google.protobuf.Struct", WellKnownType.Struct)]
    [InlineData("google.protobuf.Value", WellKnownType.Value)]
    [InlineData("google.protobuf.ListValue", WellKnownType.ListValue)]
    [InlineData("google.protobuf.FieldMask", WellKnownType.FieldMask)]
    [InlineData("google.protobuf.Empty", WellKnownType.Empty)]
    [InlineData("google.protobuf.BytesValue", WellKnownType.BytesValue)]
    [InlineData("google.protobuf.Api", WellKnownType.None)]
    public void Well_known_types_are_recognised(string name, WellKnownType type) =>
        Assert.Equal(type, ProtoSchema.WellKnownTypes.FindMessage(name)!.WellKnownType);

    [Fact]
    public void The_descriptor_of_descriptors_is_among_them() =>
        Assert.True(ProtoSchema.WellKnownTypes.FindMessage("google.protobuf.FieldOptions")!.FindField(999)!.IsRepeated);
}
