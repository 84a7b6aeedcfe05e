namespace Hawser.Cli.Bench;

/// <summary>One call of a bench. Implemented by structs, so that the loops that make millions of calls are compiled for each.</summary>
/// <typeparam name="TReply">What a call gives.</typeparam>
internal interface IWorkload<TReply>
{
    /// <summary>Whether a call that is going on when the time is over is simply cut off. What it has moved so far counts; it is neither a call nor an error.</summary>
    bool MayBeCutOff { get; }

    /// <summary>Makes one call.</summary>
    /// <param name="channel">The connection.</param>
    /// <param name="tally">Counts what moves while the call is going on.</param>
    ValueTask<TReply> CallAsync(HawserChannel channel, Tally tally);

    /// <summary>Counts what a call that has ended well has moved.</summary>
    void Count(TReply reply, Tally tally);
}
