using FsCheck;
using FsCheck.Fluent;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Tests.Protocol;

public sealed class GrpcContentTypeTests
{
    [Theory]
    [InlineData("application/grpc", "Http2", "proto")]
    [InlineData("application/grpc+proto", "Http2", "proto")]
    [InlineData("application/grpc+json", "Http2", "json")]
    [InlineData("application/grpc+Thrift", "Http2", "thrift")]
    [InlineData("Application/GRPC; charset=utf-8", "Http2", "proto")]
    [InlineData("application/grpc+json;a=b", "Http2", "json")]
    [InlineData("application/grpc-web", "Web", "proto")]
    [InlineData("application/grpc-web+proto", "Web", "proto")]
    [InlineData("application/grpc-web-text", "WebText", "proto")]
    [InlineData("application/grpc-web-text+json", "WebText", "json")]
    public void A_form_of_grpc_is_recognised(string header, string form, string codec)
    {
        Assert.True(GrpcContentType.TryParse(header, out var contentType));
        Assert.Equal(new GrpcContentType(Enum.Parse<GrpcForm>(form), codec), contentType);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("text/html")]
    [InlineData("application/json")]
    [InlineData("application/grpcx")]
    [InlineData("application/grpc+")]
    [InlineData("application/grpc-web-texts")]
    public void Anything_else_is_not(string? header) => Assert.False(GrpcContentType.TryParse(header, out _));

    [Theory]
    [InlineData(null, "application/grpc")]
    [InlineData("proto", "application/grpc")]
    [InlineData("json", "application/grpc+json")]
    [InlineData("msgpack", "application/grpc+msgpack")]
    public void A_codec_has_a_content_type(string? codec, string header) => Assert.Equal(header, GrpcContentType.ForCodec(codec));

    [Theory]
    [InlineData("application/grpc")]
    [InlineData("application/grpc+json")]
    [InlineData("application/grpc-web+proto")]
    [InlineData("application/grpc-web-text+json")]
    public void An_answer_has_the_form_of_its_request(string header)
    {
        Assert.True(GrpcContentType.TryParse(header, out var contentType));
        Assert.Equal(header, contentType.ToHeader());
    }

    [Fact]
    public void Any_text_is_a_content_type_or_none() => Prop.ForAll<string>(static text =>
        !GrpcContentType.TryParse($"application/grpc+{text}", out var contentType) || contentType.Codec.Length is > 0 and <= 64).QuickCheckThrowOnFailure();
}
