using Xunit;

namespace Hawser.Cli.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("up")]
    [InlineData("up", "--listen", "quic://127.0.0.1:1")]
    [InlineData("up", "--listen", "unix:/run/a.sock", "--listen", "tls://0.0.0.0:1", "--cert", "c", "--key", "k")]
    [InlineData("call", "tcp://127.0.0.1:1", "A/B")]
    [InlineData("call", "tcp://127.0.0.1:1", "A/B", "-", "--metadata", "a=1", "-m", "b=2", "--deadline", "2s", "-v")]
    [InlineData("call", "tcp://127.0.0.1:1", "A/B", "@file.json")]
    [InlineData("call", "grpc://127.0.0.1:1", "p.S/M", "{}", "-H", "authorization: Bearer x", "--metadata", "b=2", "--emit-defaults", "--proto-names", "--max-message", "64MiB")]
    [InlineData("call", "grpcs://127.0.0.1:1", "p.S.M", "--proto", "a.proto", "--proto", "b.proto", "-I", "x", "-I", "y", "--descriptor-set", "c.pb", "--ca", "ca.pem")]
    [InlineData("call", "grpc://127.0.0.1:1", "p.S/M", "--codec", "json")]
    [InlineData("list", "tcp://127.0.0.1:1")]
    [InlineData("list", "grpc://127.0.0.1:1", "p.S", "-H", "a: b")]
    [InlineData("list", "--proto", "a.proto", "-I", "protos")]
    [InlineData("describe", "grpc://127.0.0.1:1", "p.S", "--json-schema")]
    [InlineData("describe", "grpc://127.0.0.1:1", "--proto-out", "d", "--descriptor-set-out", "f")]
    [InlineData("describe", "--descriptor-set", "a.pb", "p.M", "--template")]
    [InlineData("bench", "grpc://127.0.0.1:1", "p.S/M", "{}", "--proto", "a.proto", "-H", "a: b")]
    [InlineData("describe", "tcp://127.0.0.1:1", "A/B")]
    [InlineData("send", "-", "tcp://127.0.0.1:1", "A/B", "{}")]
    [InlineData("receive", "tcp://127.0.0.1:1", "A/B", "-")]
    [InlineData("receive", "tcp://127.0.0.1:1", "A/B", "{}", "out.bin")]
    [InlineData("bench", "tcp://127.0.0.1:1", "A/B", "--in-flight", "all", "--calls", "5000", "--payload", "8", "--json", "--warmup", "0")]
    public void What_the_help_shows_is_understood(params string[] arguments) => Assert.Empty(HawserCommand.Parse(arguments).Errors);

    [Theory]
    [InlineData("nope")]
    [InlineData("call")]
    [InlineData("call", "ftp://127.0.0.1:1", "A/B")]
    [InlineData("call", "tcp://127.0.0.1:1", "NoSlash")]
    [InlineData("call", "tcp://127.0.0.1:1", "A/B", "{}", "{}")]
    [InlineData("call", "tcp://127.0.0.1:1", "A/B", "--deadline", "2")]
    [InlineData("call", "tcp://127.0.0.1:1", "A/B", "--dedline=2s")]
    [InlineData("list", "tcp://127.0.0.1:1", "--dedline")]
    [InlineData("send", "--force", "tcp://127.0.0.1:1", "A/B")]
    [InlineData("call", "tcp://127.0.0.1:1", "A/B", "--deadline", "0s")]
    [InlineData("call", "tcp://127.0.0.1:1", "A/B", "--deadline", "0")]
    [InlineData("bench", "tcp://127.0.0.1:1", "A/B", "--duration", "0ms")]
    [InlineData("watch", "tcp://127.0.0.1:1", "--interval", "0")]
    [InlineData("call", "tcp://127.0.0.1:1", "A/B", "--metadata", "nothing")]
    [InlineData("call", "grpc://127.0.0.1:1", "A/B", "--codec", "xml")]
    [InlineData("call", "grpc://127.0.0.1", "A/B")]
    [InlineData("list", "p.S", "grpc://127.0.0.1:1")]
    [InlineData("receive", "tcp://127.0.0.1:1", "A/B")]
    [InlineData("bench", "tcp://127.0.0.1:1", "A/B", "--connections", "0")]
    [InlineData("bench", "tcp://127.0.0.1:1", "A/B", "--in-flight", "some")]
    [InlineData("bench", "tcp://127.0.0.1:1", "A/B", "--payload", "-1")]
    public async Task What_is_not_understood_is_wrong_usage(params string[] arguments) =>
        Assert.Equal(ExitCode.Usage, await HawserCommand.RunAsync(arguments));

    [Theory]
    [InlineData("'lst' is not understood here (did you mean 'list'?); see 'hawser --help'.", "lst")]
    [InlineData("'nope' is not understood here; see 'hawser --help'.", "nope")]
    [InlineData("'--dedline=2s' is not understood here (did you mean '--deadline'?); see 'hawser call --help'.", "call", "tcp://127.0.0.1:1", "A/B", "--dedline=2s")]
    [InlineData("'--wait' is not understood here (did you mean '--wait-for-ready'?); see 'hawser list --help'.", "list", "tcp://127.0.0.1:1", "--wait")]
    [InlineData("'{}' is not understood here; see 'hawser call --help'.", "call", "tcp://127.0.0.1:1", "A/B", "{}", "{}")]
    [InlineData("--codec is 'xml'; write proto or json; see 'hawser call --help'.", "call", "grpc://127.0.0.1:1", "A/B", "--codec", "xml")]
    public void What_is_not_understood_is_named_with_what_it_may_have_meant(string sentence, params string[] arguments) =>
        Assert.Equal(sentence, WrongUsage.Of(HawserCommand.Parse(arguments)));

    [Theory]
    [InlineData("-")]
    [InlineData("-1.5")]
    public void Standard_input_and_negative_numbers_are_no_options(string json) =>
        Assert.Null(WrongUsage.Of(HawserCommand.Parse(["call", "tcp://127.0.0.1:1", "A/B", json])));

    [Fact]
    public void Who_asks_for_help_gets_it_whatever_else_is_wrong() => Assert.Null(WrongUsage.Of(HawserCommand.Parse(["call", "tcp://127.0.0.1:1", "A/B", "--dedline=2s", "--help"])));

    [Fact]
    public void After_two_dashes_nothing_is_an_option() =>
        Assert.Null(WrongUsage.Of(HawserCommand.Parse(["send", "--", "-file", "tcp://127.0.0.1:1", "A/B"])));

    [Theory]
    [InlineData(ExitCode.BadJson, "call", "tcp://127.0.0.1:1", "A/B", "{")]
    [InlineData(ExitCode.NoInput, "call", "tcp://127.0.0.1:1", "A/B", "@there/is/no/such.json")]
    [InlineData(ExitCode.NoInput, "send", "there/is/no/such.bin", "tcp://127.0.0.1:1", "A/B")]
    [InlineData(ExitCode.NoInput, "call", "tls://127.0.0.1:1", "A/B", "--ca", "there/is/no/such.pem")]
    [InlineData(ExitCode.NoInput, "up", "--listen", "tls://127.0.0.1:0", "--cert", "there/is/no/such.pem")]
    [InlineData(ExitCode.Usage, "call", "tls://127.0.0.1:1,tcp://127.0.0.1:1", "A/B", "--insecure")]
    [InlineData(ExitCode.Usage, "bench", "tcp://127.0.0.1:1", "A/B", "--in-flight", "all")]
    [InlineData(ExitCode.Usage, "bench", "tcp://127.0.0.1:1", "A/B", "--in-flight", "2", "--callers", "2")]
    [InlineData(ExitCode.Usage, "bench", "tcp://127.0.0.1:1", "A/B", "--calls", "2", "--duration", "2s")]
    [InlineData(ExitCode.Usage, "bench", "tcp://127.0.0.1:1", "A/B", "--connections", "2", "--callers", "1")]
    [InlineData(ExitCode.Usage, "up", "--no-default-listen")]
    [InlineData(ExitCode.Usage, "call", "grpc://127.0.0.1:1", "A/B", "--max-message", "2GiB")]
    [InlineData(ExitCode.Usage, "list")]
    [InlineData(ExitCode.Usage, "list", "p.S")]
    [InlineData(ExitCode.Usage, "list", "grpc://127.0.0.1:1", "--proto", "a.proto")]
    [InlineData(ExitCode.Usage, "list", "grpc://127.0.0.1:1", "-I", "protos")]
    [InlineData(ExitCode.Usage, "call", "grpc://127.0.0.1:1", "A/B", "--codec", "json", "--proto", "a.proto")]
    [InlineData(ExitCode.Usage, "call", "tcp://127.0.0.1:1", "A/B", "--proto", "a.proto")]
    [InlineData(ExitCode.Usage, "describe", "tcp://127.0.0.1:1")]
    [InlineData(ExitCode.Usage, "describe", "tcp://127.0.0.1:1", "A/B", "--template")]
    [InlineData(ExitCode.NoInput, "list", "--proto", "there/is/no/such.proto")]
    [InlineData(ExitCode.NoInput, "list", "--descriptor-set", "there/is/no/such.pb")]
    [InlineData(ExitCode.BadJson, "call", "grpc://127.0.0.1:1", "A/B", "{")]
    public async Task Wrong_input_ends_with_its_own_exit_code(int exitCode, params string[] arguments) =>
        Assert.Equal(exitCode, await HawserCommand.RunAsync(arguments));
}
