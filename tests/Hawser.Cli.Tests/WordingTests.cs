using Xunit;

namespace Hawser.Cli.Tests;

public sealed class WordingTests
{
    [Theory]
    [InlineData("It did not answer within 10 s (ConnectionLimits.HandshakeTimeout).", "It did not answer within 10 s.")]
    [InlineData("It takes at most 3 bytes (ConnectionLimits.MaxMetadataSize of the receiver).", "It takes at most 3 bytes.")]
    [InlineData("There are 9 connections already (HawserServerOptions.MaxConnections)", "There are 9 connections already")]
    [InlineData("at most 4 are taken (ConnectionLimits.MaxMessageSize): raise it", "at most 4 are taken (the receiver's limit; that of 'hawser call' is --max-message): raise it")]
    [InlineData("Does it speak TLS?. The call was not run.", "Does it speak TLS? The call was not run.")]
    [InlineData("is it a gRPC server?.", "is it a gRPC server?")]
    [InlineData("a.?.b (see above)", "a.?.b (see above)")]
    public void Names_for_programmers_are_left_out(string text, string shown) => Assert.Equal(shown, Wording.ForUsers(text));

    [Fact]
    public void What_a_command_fails_with_is_worded_for_its_user()
    {
        var failure = Failure.From(new RpcException(StatusCode.Unavailable, "Too slow (ConnectionLimits.KeepAliveTimeout)."), interrupted: false);
        Assert.Equal("Unavailable: Too slow.", failure.Sentence);
    }
}
