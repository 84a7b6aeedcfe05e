namespace Hawser.Frames;

/// <summary>One thread per process that looks, every few milliseconds while there is traffic, for user code that holds up its lane.</summary>
/// <remarks>
/// The alternative, asking for a second thread before each piece of user code, costs more than a small call does. A lane that is held up waits ten
/// milliseconds at most before another thread goes on with it, and is given a second thread from the start for a while after that.
/// </remarks>
internal static class DispatchWatch
{
    /// <summary>In milliseconds. Looking more often costs small calls more than blocked ones gain.</summary>
    private const int Period = 5;

    /// <summary>A drain that still makes progress gets help after this many looks; one that stands still after the second.</summary>
    private const int Patience = 3;

    /// <summary>Without traffic for this many looks the thread sleeps until there is some.</summary>
    private const int QuietLooks = 20;

    [ThreadStatic]
    private static Watched? mine;

    private static readonly Lock Gate = new();
    private static readonly AutoResetEvent Traffic = new(initialState: false);
    private static readonly List<Watched> All = [];
    private static bool started;
    private static volatile bool awake;

    public static Watched Enter(Dispatcher dispatcher)
    {
        var watched = mine ??= Register();
        watched.Draining = dispatcher;

        // The watch reads `Draining` after it has cleared `awake`; this side writes it before it reads `awake`. One of the two sees the other.
        Interlocked.MemoryBarrier();
        if (!awake)
            Wake();
        return watched;
    }

    private static Watched Register()
    {
        var watched = new Watched(Thread.CurrentThread);
        lock (Gate)
        {
            All.RemoveAll(static other => !other.Thread.IsAlive);
            All.Add(watched);
            if (!started)
            {
                started = true;
                new Thread(Look) { IsBackground = true, Name = "Hawser dispatch watch" }.Start();
            }
        }

        return watched;
    }

    private static void Wake()
    {
        awake = true;
        Traffic.Set();
    }

    private static void Look()
    {
        var quiet = 0;
        while (true)
        {
            if (quiet >= QuietLooks)
            {
                awake = false;
                Interlocked.MemoryBarrier();
                if (!AnyDraining())
                    Traffic.WaitOne();
                awake = true;
                quiet = 0;
            }

            Traffic.WaitOne(Period);
            quiet = LookOnce() ? 0 : quiet + 1;
        }
    }

    private static bool LookOnce()
    {
        var any = false;
        lock (Gate)
        {
            foreach (var watched in All)
            {
                any |= watched.Draining is not null;
                watched.Look(Patience)?.Help();
            }
        }

        return any;
    }

    private static bool AnyDraining()
    {
        lock (Gate)
        {
            return All.Exists(static watched => watched.Draining is not null);
        }
    }

    /// <summary>What one thread is draining, for the watch to see.</summary>
    internal sealed class Watched(Thread thread)
    {
        private int steps;
        private int drains;
        private int seenSteps;
        private int seenDrains;
        private int looks;

        public Thread Thread { get; } = thread;

        public volatile Dispatcher? Draining;

        public void Step() => Volatile.Write(ref steps, steps + 1);

        public void Leave(Dispatcher? outer)
        {
            Volatile.Write(ref drains, drains + 1);
            Draining = outer;
        }

        /// <summary>The dispatcher that needs help, if this thread holds one up.</summary>
        public Dispatcher? Look(int patience)
        {
            var draining = Draining;
            var stepsNow = Volatile.Read(ref steps);
            var drainsNow = Volatile.Read(ref drains);
            if (draining is null || drainsNow != seenDrains)
            {
                seenDrains = drainsNow;
                seenSteps = stepsNow;
                looks = 0;
                return null;
            }

            looks++;
            var stuck = stepsNow == seenSteps;
            seenSteps = stepsNow;
            return (stuck || looks >= patience) && draining.NeedsHelp ? draining : null;
        }
    }
}
