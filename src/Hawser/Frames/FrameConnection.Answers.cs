namespace Hawser.Frames;

/// <summary>What was answered before a connection was closed, on lanes of its own: the close goes over the first lane, and between lanes there is no order.</summary>
internal sealed partial class FrameConnection
{
    private TaskCompletionSource? answered;

    /// <summary>Gives up the calls of the peer that have not been answered, so that it waits for none of them.</summary>
    private void AbortUnanswered()
    {
        FrameLane[] unanswered;
        lock (ownLanes)
            unanswered = [.. ownLanes.Where(static lane => lane.Serving is { HasEnded: false })];
        foreach (var lane in unanswered)
            lane.Abort((long)StatusCode.Unavailable);
    }

    /// <summary>Whether calls of this side with lanes of their own have not ended, so that <see cref="EndAfterAnswersAsync"/> must follow. The peer has closed the link.</summary>
    private bool AwaitsAnswers()
    {
        lock (ownLanes)
        {
            if (!ownLanes.Any(static lane => lane.HasOwnCalls))
                return false;
            answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return true;
        }
    }

    private async Task EndAfterAnswersAsync()
    {
        try
        {
            await answered!.Task.WaitAsync(CloseTimeout, TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // What has not come by now is lost.
        }

        EndCalls();
        await FinishAsync().ConfigureAwait(false);
    }
}
