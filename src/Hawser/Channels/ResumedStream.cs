using System.Buffers;
using System.Runtime.CompilerServices;

namespace Hawser;

/// <summary>The replies of a stream that is asked for again, from where it stood, whenever its connection is lost.</summary>
internal sealed class ResumedStream<TRequest, TReply>(HawserChannel channel, HawserChannelOptions channelOptions, string method, TRequest first, Func<TReply, TRequest> after, CallOptions options)
    : IAsyncEnumerable<TReply>
{
    public IAsyncEnumerator<TReply> GetAsyncEnumerator(CancellationToken cancellationToken = default) => ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);

    /// <summary>A borrowed reply is gone by the time that the next request is made from it.</summary>
    internal static void CheckReply(string name)
    {
        if (typeof(TReply) == typeof(ReadOnlySequence<byte>))
            throw new ArgumentException("A stream of borrowed bytes cannot be resumed, since its last reply is gone by then; read it as byte[] or ReadOnlyMemory<byte>.", name);
    }

    private async IAsyncEnumerable<TReply> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var from = channelOptions.TimeProvider.GetTimestamp();
        var backoff = new ReconnectBackoff(channelOptions.Reconnect, channelOptions.TimeProvider, channelOptions.LoggerFactory.CreateLogger("Hawser.Channel"));
        var attemptOptions = options;
        var request = first;
        var vain = 0;
        while (true)
        {
            var hasMoved = false;
            RpcException? lost = null;
            TReply last = default!;
            var attempt = channel.StreamAsync<TRequest, TReply>(method, request, attemptOptions).GetAsyncEnumerator(cancellationToken);
            await using (attempt.ConfigureAwait(false))
            {
                while (true)
                {
                    try
                    {
                        if (!await attempt.MoveNextAsync().ConfigureAwait(false))
                            yield break;
                    }
                    catch (RpcException failure) when (IsLoss(failure.Status))
                    {
                        lost = failure;
                        break;
                    }

                    last = attempt.Current;
                    hasMoved = true;
                    yield return last;
                }
            }

            if (hasMoved)
            {
                vain = 0;
                backoff.Clear();
                request = after(last);
            }
            else if (++vain > 1)
            {
                // One in vain may have gone over a connection that was being lost.
                await PauseAsync(backoff.Failed(lost.Status)!.Value, from, lost, cancellationToken).ConfigureAwait(false);
            }

            attemptOptions = options with { WaitForReady = true, Timeout = TimeLeft(from, lost) };
        }
    }

    /// <summary>Whether the stream was lost on its way. A channel that cannot be connected at all, or is closed, is of no more use.</summary>
    private static bool IsLoss(Status status) => status is { Code: StatusCode.Unavailable, IsConnectFailure: false };

    /// <summary>The server itself may be what is not available: it is not asked again at once.</summary>
    private async Task PauseAsync(TimeSpan delay, long from, RpcException lost, CancellationToken cancellationToken)
    {
        if (TimeLeft(from, lost) is { } left && left < delay)
            delay = left;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, options.CancellationToken);
        try
        {
            await Task.Delay(delay, channelOptions.TimeProvider, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            options.CancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    private TimeSpan? TimeLeft(long from, RpcException lost)
    {
        if (options.Timeout is not { } timeout)
            return null;
        var left = timeout - channelOptions.TimeProvider.GetElapsedTime(from);
        return left > TimeSpan.Zero
            ? left
            : throw new RpcException(new Status(StatusCode.DeadlineExceeded, $"The deadline of the stream of '{method}' passed while it was being resumed ({lost.Status.Text.TrimEnd('.')})."), trailers: null, lost);
    }
}
