namespace Hawser.Grpc.Client;

/// <summary>The way to an answer: attempts, until one of them is answered or there is no other.</summary>
internal sealed partial class GrpcClientCall
{
    /// <summary>Whether an attempt before the current one reached a handler perhaps.</summary>
    private bool mayHaveRun;

    private async Task OpenAsync(HttpContent content)
    {
        var schedule = client.Retry is { } policy ? new RetrySchedule(policy, client.Throttle!) : null;
        var retries = 0;
        var wasRefused = false;
        try
        {
            while (true)
            {
                var next = new CallAttempt(client, method);
                content.Headers.Clear();
                using (var request = GrpcRequest.Create(method, content, options.Metadata, TimeLeft(), client.Encoding, retries))
                {
                    await next.OpenAsync(request, () => IsTaken, stop.Token).ConfigureAwait(false);
                    request.Content = null; // it is not the attempt's to dispose: another may need it
                }

                if (next.Messages is not null)
                {
                    Answered(next, schedule);
                    return;
                }

                TimeSpan? wait;
                if (next is { IsOutOfReach: true, FinalStatus.Code: StatusCode.Unavailable or StatusCode.ResourceExhausted } && client.WaitsForReady(options))
                {
                    await client.Connector.NextAttemptAsync(stop.Token).ConfigureAwait(false);
                    if (client.IsLeaving)
                    {
                        End(client.Gone(), Metadata.Empty, notRun: !mayHaveRun);
                        return;
                    }

                    wait = TimeSpan.Zero;
                }
                else if (next.Failure is { NotRun: true } && !next.IsOutOfReach && !wasRefused && CanReplay)
                {
                    // The server certainly did not begin it: that costs no attempt, once.
                    wasRefused = true;
                    wait = TimeSpan.Zero;
                }
                else
                {
                    wait = CanReplay ? schedule?.Failed(next.FinalStatus.Code, next.Head.Pushback) : null;
                    retries++;
                }

                if (wait is not { } time)
                {
                    Failed(next, schedule);
                    return;
                }

                mayHaveRun |= next.Failure is not { NotRun: true };
                next.Dispose();
                await Task.Delay(time, client.TimeProvider, stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Whoever cancelled has ended the call.
        }
        catch (Exception exception)
        {
            var (failure, notRun) = client.Describe(exception, Method, IsTaken);
            End(failure, Metadata.Empty, notRun && !mayHaveRun);
        }
    }

    private bool CanReplay => body?.CanReplay ?? true;

    private TimeSpan? TimeLeft() => options.Timeout is { } timeout ? timeout - client.TimeProvider.GetElapsedTime(startedAt) : null;

    private void Answered(CallAttempt answer, RetrySchedule? schedule)
    {
        schedule?.Succeeded();
        body?.Commit();
        single?.Recycle();
        if (Method.IsOneWay)
        {
            // Nobody reads the answer; it is let come, so that the handler is not cancelled by it.
            _ = answer.DrainAsync();
            return;
        }

        // From here on whoever ends the call drops the answer, so that its buffers are given back once.
        bool isWanted;
        lock (stop)
        {
            isWanted = status is null;
            if (isWanted)
                attempt = answer;
        }

        if (isWanted)
            opened.TrySetResult();
        else
            answer.Release();
    }

    private void Failed(CallAttempt last, RetrySchedule? schedule)
    {
        if (last.FinalStatus.IsOk)
            schedule?.Succeeded();
        if (Method.IsOneWay && IsTaken)
            End(Hawser.Status.Ok, Metadata.Empty, notRun: false);
        else if (last.Failure is { } failure)
            End(failure.Status, Metadata.Empty, failure.NotRun && !mayHaveRun);
        else
            End(last.FinalStatus, last.Head.Trailers, notRun: false);
        last.Dispose();
    }
}
