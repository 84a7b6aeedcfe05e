using Xunit;

namespace Hawser.Cli.Tests;

public sealed class FailureTests
{
    [Fact]
    public void A_status_is_its_number_and_its_text() =>
        Assert.Equal(new Failure(5, "NotFound: no snapshot"), Failure.From(new RpcException(StatusCode.NotFound, "no snapshot"), interrupted: false));

    [Fact]
    public void Wrong_input_has_a_code_of_its_own() =>
        Assert.Equal(new Failure(66, "hawser: there is no file."), Failure.From(new CommandException(ExitCode.NoInput, "there is no file."), interrupted: false));

    [Fact]
    public void Details_stand_below_it_and_command_no_terminal()
    {
        var call = new RpcException(StatusCode.NotFound, "no\u001b[31m snapshot");
        var failure = Failure.From(new CallFailedException(call, ["ErrorInfo: \u0007X\nY"]), interrupted: false);
        Assert.Equal("NotFound: no\uFFFD[31m snapshot", failure.Sentence);
        Assert.Equal(["  ErrorInfo: \uFFFDX Y"], failure.Details);
    }

    [Fact]
    public void Stopping_on_request_is_130() =>
        Assert.Equal(130, Failure.From(new OperationCanceledException(), interrupted: true).ExitCode);

    [Fact]
    public void A_call_that_the_peer_cancelled_is_status_1() =>
        Assert.Equal(1, Failure.From(new RpcException(StatusCode.Cancelled, "by the peer"), interrupted: false).ExitCode);

    [Fact]
    public void Output_that_cannot_be_written_is_no_bug()
    {
        Assert.Equal(new Failure(73, "hawser: cannot write the output: No space left on device"), Failure.From(new IOException("No space left on device"), interrupted: false));
        Assert.Equal(73, Failure.From(new UnauthorizedAccessException("Access to the path is denied."), interrupted: false).ExitCode);
    }

    [Fact]
    public void Anything_else_is_a_bug_and_says_how_to_report_it()
    {
        var failure = Failure.From(new InvalidOperationException("odd\nthing"), interrupted: false);
        Assert.Equal(70, failure.ExitCode);
        Assert.Contains("InvalidOperationException: odd thing", failure.Sentence, StringComparison.Ordinal);
        Assert.Contains("HAWSER_DEBUG=1", failure.Sentence, StringComparison.Ordinal);
    }
}
