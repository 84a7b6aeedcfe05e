using System.IO.Pipelines;
using Hawser.Cli.Transfers;
using Xunit;

namespace Hawser.Cli.Tests;

public sealed class TransferTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("hawser-test-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task What_is_sent_arrives()
    {
        var bytes = new byte[1_000_000];
        new Random(3).NextBytes(bytes);
        var pipe = new Pipe();
        using var received = new MemoryStream();
        var (sent, got) = (new TransferMeter(TimeProvider.System), new TransferMeter(TimeProvider.System));
        var sending = OctetCopy.SendAsync(new MemoryStream(bytes), "the source", pipe.Writer, sent, TestContext.Current.CancellationToken);
        await OctetCopy.ReceiveAsync(pipe.Reader, received, "the file", got, TestContext.Current.CancellationToken);
        Assert.True(await sending);
        Assert.Equal(bytes, received.ToArray());
        Assert.Equal((bytes.Length, bytes.Length), (sent.Bytes, got.Bytes));
    }

    [Fact]
    public async Task A_source_that_fails_tells_the_receiver_after_what_could_be_read()
    {
        var pipe = new Pipe();
        var meter = new TransferMeter(TimeProvider.System);
        var failure = await Assert.ThrowsAsync<CommandException>(
            () => OctetCopy.SendAsync(new FailingStream(), "the source", pipe.Writer, meter, TestContext.Current.CancellationToken));
        Assert.Equal((ExitCode.NoInput, "cannot read the source after 10 bytes: the disk is gone"), (failure.ExitCode, failure.Message));
        await Assert.ThrowsAsync<CommandException>(async () => await pipe.Reader.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_receiver_that_has_enough_stops_the_sending()
    {
        var pipe = new Pipe();
        await pipe.Reader.CompleteAsync();
        var meter = new TransferMeter(TimeProvider.System);
        Assert.False(await OctetCopy.SendAsync(new MemoryStream(new byte[10]), "the source", pipe.Writer, meter, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_file_has_its_name_only_when_it_is_whole()
    {
        var path = Path.Combine(directory, "a.bin");
        File.WriteAllText(path, "before");
        using (var file = OutputFile.Create(path))
        {
            file.Stream.Write("after"u8);
            Assert.Equal("before", File.ReadAllText(path));
            file.Keep();
        }

        Assert.Equal("after", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(directory));
    }

    [Fact]
    public void A_file_that_was_not_finished_leaves_nothing_behind()
    {
        using (var file = OutputFile.Create(Path.Combine(directory, "a.bin")))
            file.Stream.Write("half"u8);
        Assert.Empty(Directory.GetFiles(directory));
    }

    [Fact]
    public void A_place_where_nothing_can_be_written_has_its_own_exit_code() =>
        Assert.Equal(ExitCode.CannotWrite, Assert.Throws<CommandException>(() => OutputFile.Create(Path.Combine(directory, "missing", "a.bin"))).ExitCode);

    private sealed class FailingStream : MemoryStream
    {
        private bool gone;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (gone)
                throw new IOException("the disk is gone");
            gone = true;
            return new ValueTask<int>(10);
        }
    }
}
