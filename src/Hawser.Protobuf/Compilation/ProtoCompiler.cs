namespace Hawser.Protobuf;

/// <summary>Compiles <c>.proto</c> text with protoc, which comes with the library for Linux, macOS and Windows.</summary>
/// <remarks>
/// Safe from any thread. What was compiled is kept by its content, and who asks for the same at the same time waits for the same run. Each run works in
/// a temporary folder, which is removed.
/// </remarks>
public sealed class ProtoCompiler
{
    /// <summary>The compiler with default options; its cache is shared by all who use it.</summary>
    public static readonly ProtoCompiler Default = new();

    private readonly ProtoCompilerOptions options;
    private readonly string baseDirectory;
    private readonly SchemaCache cache;
    private readonly SemaphoreSlim runs;
    private int runCount;

    /// <summary>Creates a compiler with default options and a cache of its own.</summary>
    public ProtoCompiler()
        : this(new ProtoCompilerOptions())
    {
    }

    /// <summary>Creates a compiler with a cache of its own.</summary>
    /// <param name="options">How protoc runs.</param>
    public ProtoCompiler(ProtoCompilerOptions options)
        : this(options, AppContext.BaseDirectory)
    {
    }

    internal ProtoCompiler(ProtoCompilerOptions options, string baseDirectory)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxConcurrentRuns);
        ArgumentOutOfRangeException.ThrowIfNegative(options.CachedSchemas);
        this.options = options;
        this.baseDirectory = baseDirectory;
        cache = new SchemaCache(options.CachedSchemas);
        runs = new SemaphoreSlim(options.MaxConcurrentRuns);
    }

    /// <summary>How often protoc was run.</summary>
    internal int Runs => runCount;

    /// <summary>Compiles sources and everything that they import.</summary>
    /// <param name="sources">The sources; not to be changed until the task ends.</param>
    /// <param name="cancellationToken">Gives up; protoc is killed unless somebody else waits for the same content.</param>
    /// <returns>The schema, with the comments of the files.</returns>
    /// <exception cref="ProtoCompilationException">protoc does not accept the text; says file, line, column and why.</exception>
    /// <exception cref="SchemaException">There is nothing to compile, or a limit is passed.</exception>
    /// <exception cref="FileNotFoundException">protoc is not where it should be; says where that is.</exception>
    /// <exception cref="TimeoutException">protoc took longer than <see cref="ProtoCompilerOptions.Timeout"/>.</exception>
    /// <exception cref="IOException">protoc does not run here, or a file cannot be read or written.</exception>
    public Task<ProtoSchema> CompileAsync(ProtoSources sources, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sources);
        return Task.Run(
            async () =>
            {
                var files = sources.Complete();
                if (files.Files.Count == 0)
                    throw new SchemaException("There is no .proto text to compile.");
                return await cache.GetAsync(files.ContentHash(), stop => RunAsync(files, stop), cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);
    }

    private async Task<ProtoSchema> RunAsync(ProtoFileSet files, CancellationToken cancellationToken)
    {
        var program = ProtocProgram.Find(options, baseDirectory);
        await runs.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Interlocked.Increment(ref runCount);
            using var run = new ProtocRun(program, options);
            return ProtoSchema.FromDescriptorSet(await run.CompileAsync(files, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            runs.Release();
        }
    }
}
