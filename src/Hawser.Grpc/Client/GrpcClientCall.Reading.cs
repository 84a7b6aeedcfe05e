using System.Runtime.CompilerServices;

namespace Hawser.Grpc.Client;

/// <summary>Reading the answer.</summary>
internal sealed partial class GrpcClientCall
{
    /// <summary>Reads the next message of the response, whatever it holds.</summary>
    internal ValueTask<bool> ReadMessageAsync()
    {
        if (Status is not null)
            return new ValueTask<bool>(result: false);
        if (attempt?.Messages is not { } messages || Method.Response <= Body.Message)
            return ReadSlowlyAsync();
        var read = messages.ReadAsync(stop.Token);
        return ResponseMessages.HasFound(ref read) ? new ValueTask<bool>(result: true) : AwaitAsync(read);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> AwaitAsync(ValueTask<bool> read)
    {
        if (!TryHold())
            return false;
        try
        {
            if (await read.ConfigureAwait(false))
                return Status is null;
            EndOfMessages();
        }
        catch (Exception exception)
        {
            EndWith(exception);
        }
        finally
        {
            LetGo();
        }

        return false;
    }

    /// <summary>Waits for the answer first, or looks whether the one reply that may come is the only one.</summary>
    private async ValueTask<bool> ReadSlowlyAsync()
    {
        await opened.Task.ConfigureAwait(false);
        while (Status is null)
        {
            if (!await AwaitAsync(attempt!.Messages!.ReadAsync(stop.Token)).ConfigureAwait(false))
                return false;
            if (Method.Response > Body.Message)
                return true;
            if (++messagesRead > 1)
                Cancel(new Status(StatusCode.Internal, $"{client.Peer} sent a second reply to the call of '{Method}', where one is expected; call it by StreamAsync if it streams."));
            else if (Method.Response == Body.Message)
                return true;
        }

        return false;
    }

    /// <summary>Keeps the buffers from being given back while they are read into.</summary>
    private bool TryHold()
    {
        lock (stop)
        {
            isReading = !isDisposed;
            return isReading;
        }
    }

    private void LetGo()
    {
        lock (stop)
        {
            isReading = false;
            if (!isDisposed)
                return;
        }

        attempt?.Release();
    }

    private void EndOfMessages()
    {
        if (attempt!.Messages!.Wrong is { } wrong)
        {
            End(wrong, Metadata.Empty, notRun: false);
            return;
        }

        var trailers = attempt.ReadTrailers();
        End(trailers.Status, trailers.Metadata, notRun: false);
    }

    private void EndWith(Exception exception)
    {
        var (failure, notRun) = client.Describe(exception, Method, wasSent: true);
        End(failure, Metadata.Empty, notRun);
    }
}
