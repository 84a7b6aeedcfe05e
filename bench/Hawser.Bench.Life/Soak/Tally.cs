namespace Hawser.Bench.Life.Soak;

/// <summary>How calls of one kind have ended.</summary>
/// <param name="work">What they do.</param>
internal sealed class Tally(string work)
{
    private const int MostSurprises = 20;

    private readonly Lock gate = new();
    private readonly List<string> surprises = [];

    public string Work => work;

    public long Done { get; private set; }

    public long NotRun { get; private set; }

    public long MayHaveRun { get; private set; }

    public long TooLate { get; private set; }

    /// <summary>What no weather excuses: wrong answers, and statuses other than those of a lost connection or a deadline.</summary>
    public IReadOnlyList<string> Surprises
    {
        get
        {
            lock (gate)
                return [.. surprises];
        }
    }

    /// <summary>Makes one call.</summary>
    /// <param name="call">Makes it, and says whether its answer was right.</param>
    public async Task CountAsync(Func<Task<bool>> call)
    {
        try
        {
            var isRight = await call();
            lock (gate)
            {
                Done++;
                if (!isRight)
                    Surprise("a wrong answer");
            }
        }
        catch (RpcException exception)
        {
            lock (gate)
                Note(exception);
        }
    }

    private void Note(RpcException exception)
    {
        if (exception.Code is not (StatusCode.Unavailable or StatusCode.DeadlineExceeded))
            Surprise(exception.Message);
        else if (exception.NotRun)
            NotRun++;
        else if (exception.Code == StatusCode.DeadlineExceeded)
            TooLate++;
        else
            MayHaveRun++;
    }

    private void Surprise(string text)
    {
        if (surprises.Count < MostSurprises)
            surprises.Add($"{work}: {text}");
    }
}
