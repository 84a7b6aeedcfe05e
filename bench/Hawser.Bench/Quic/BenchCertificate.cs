using System.Security.Cryptography.X509Certificates;
using Hawser.Transports;

namespace Hawser.Bench.Quic;

/// <summary>A certificate for one run.</summary>
internal static class BenchCertificate
{
    public static X509Certificate2 Create()
    {
        var directory = Directory.CreateTempSubdirectory("hawser-bench-");
        try
        {
            return DevelopmentCertificate.LoadOrCreate(directory.FullName);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
